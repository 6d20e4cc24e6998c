using Pier.Engine.Containers;
using Pier.Engine.Execs;
using Pier.Model;

namespace Pier.UnitTests.Engine;

public class ExecTableTests
{
    static readonly ExecConfig Config = new() { Command = ["true"] };

    [Fact]
    public void Ended_execs_are_forgotten_after_a_while_and_others_are_not()
    {
        var time = new Clock();
        var table = new ExecTable(time);
        var container = new Container(
            new ContainerRecord
            {
                Id = "c",
                Name = "c",
                Created = time.GetUtcNow(),
                Config = new ContainerConfig(),
                HostConfig = new HostConfig(),
                ImageId = "sha256:0",
                Driver = "overlay",
                Path = "true",
                Args = [],
            }
        );
        for (var i = 0; i < 1000; i++)
        {
            var exec = new Exec($"{i:d64}", container, Config);
            container.Execs.Add(exec.Id);
            table.Add(exec);
            table.Ended(exec, 7);
        }
        Assert.Empty(container.Execs.Ids);
        Assert.Equal(7, table.Find($"{999:d64}").ExitCode);
        table.Add(new Exec("waits", container, Config));
        time.Now += ExecTable.Memory;
        table.Add(new Exec("new", container, Config));
        Assert.Equal(2, table.Count);
        Assert.Throws<NotFoundException>(() => table.Find($"{999:d64}"));
        Assert.NotNull(table.ById("waits"));
        table.Forget("c");
        Assert.Equal(0, table.Count);
    }

    sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
