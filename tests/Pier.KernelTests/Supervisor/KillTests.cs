using System.Globalization;
using Pier.Supervisor;

namespace Pier.KernelTests.Supervisor;

/// <summary>kill -9 of keeper or supervisor: no process dies, every line is in the log once, every exit code is right.</summary>
public class KillTests
{
    const int Processes = 20;

    [SkippableTheory]
    [InlineData("supervisor", 6)]
    [InlineData("keeper", 3)]
    [InlineData("both", 6)]
    public async Task Killing_loses_and_doubles_nothing(string victim, int kills)
    {
        await using var host = await SupervisorHost.StartAsync();
        var exits = new System.Collections.Concurrent.ConcurrentBag<SupervisedExit>();
        host.Client.Exited += exits.Add;
        // Some write line by line, some in halves, so that kills find unfinished lines too.
        var stop = host.Root + "/stop";
        for (var i = 0; i < Processes; i++)
        {
            var print = i % 2 == 0 ? "echo line $i" : "printf 'line '; echo $i";
            await host.ShellAsync(
                $"p{i}",
                $"i=0; while [ ! -e {stop} ]; do {print}; i=$((i+1)); [ $((i % 50)) = 0 ] && usleep 20000; done; echo end $i; exit {i}"
            );
        }
        // One that writes so much that kills find a batch half done.
        const string Format = "%07.0f the quick brown fox jumps over the lazy dog and runs away from the slow brown bear";
        await host.ShellAsync(
            "flood",
            $"i=0; while [ ! -e {stop} ]; do /usr/bin/seq -f '{Format}' $i $((i+999)); i=$((i+1000)); usleep 10000; done; exit $((i / 1000 % 100))"
        );
        await host.ShellAsync(
            "tty",
            $"i=0; while [ ! -e {stop} ]; do echo line $i; i=$((i+1)); [ $((i % 50)) = 0 ] && usleep 20000; done; echo end $i",
            new ProcessStdio(Tty: true)
        );
        kills *= int.Parse(Environment.GetEnvironmentVariable("PIER_KILLS") ?? "1", CultureInfo.InvariantCulture);
        for (var i = 0; i < kills; i++)
        {
            await Task.Delay(Random.Shared.Next(20, 200));
            await host.KillAsync(keeper: victim == "keeper" || (victim == "both" && i % 2 == 1));
            Assert.Equal(Processes + 2, (await host.Client.ListAsync()).Count(p => p.Exit is null)); // back again
        }
        File.WriteAllText(stop, "");
        for (var i = 0; i < Processes; i++)
        {
            var exit = await host.ExitAsync($"p{i}", 120);
            Assert.Equal((i, (int?)null), (exit.ExitCode, exit.Signal));
            AssertNumbered(host.LogText($"p{i}"));
        }
        await host.ExitAsync("tty", 120);
        AssertNumbered(host.LogText("tty").Replace("\r\n", "\n", StringComparison.Ordinal));
        var flood = await host.ExitAsync("flood", 120);
        var lines = host.LogText("flood").Split('\n');
        for (var n = 0; n < lines.Length - 1; n++)
            Assert.Equal($"{n:d7} the quick brown fox", lines[n][..27]);
        Assert.Equal(flood.ExitCode, (lines.Length - 1) / 1000 % 100);
        Assert.Equal(exits.Count, exits.Select(e => e.Key).Distinct().Count());
    }

    static void AssertNumbered(string text)
    {
        var lines = text.Split('\n');
        Assert.Equal("", lines[^1]);
        Assert.Equal($"end {lines.Length - 2}", lines[^2]);
        for (var n = 0; n < lines.Length - 2; n++)
            Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"line {n}"), lines[n]);
    }
}
