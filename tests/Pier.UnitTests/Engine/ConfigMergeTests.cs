using Pier.Engine.Containers;
using Pier.Model;

namespace Pier.UnitTests.Engine;

public class ConfigMergeTests
{
    static readonly ContainerConfig Image = new()
    {
        Entrypoint = ["/entry"],
        Cmd = ["serve"],
        Env = ["PATH=/bin", "A=image", "C=image"],
        User = "app",
        WorkingDir = "/srv",
        Labels = new() { ["from"] = "image", ["both"] = "image" },
        ExposedPorts = new() { ["80/tcp"] = EmptyObject.Instance },
        StopSignal = "SIGQUIT",
    };

    static string[] Words(ContainerConfig asked)
    {
        var (path, arguments) = ConfigMerge.Command(ConfigMerge.Merge(asked, Image));
        return [path, .. arguments];
    }

    [Fact]
    public void Nothing_asked_runs_what_the_image_says() => Assert.Equal(["/entry", "serve"], Words(new()));

    [Fact]
    public void A_command_replaces_the_images_command_only() => Assert.Equal(["/entry", "x", "y"], Words(new() { Cmd = ["x", "y"] }));

    [Fact]
    public void An_entrypoint_drops_the_images_command() => Assert.Equal(["/bin/sh"], Words(new() { Entrypoint = ["/bin/sh"] }));

    [Fact]
    public void An_empty_entrypoint_leaves_the_command_alone() => Assert.Equal(["ls"], Words(new() { Entrypoint = [""], Cmd = ["ls"] }));

    [Fact]
    public void No_words_at_all_is_an_error()
    {
        var merged = ConfigMerge.Merge(new ContainerConfig(), new ContainerConfig());
        Assert.Equal("no command specified", Assert.Throws<InvalidParameterException>(() => ConfigMerge.Command(merged)).Message);
    }

    [Fact]
    public void Environment_labels_and_ports_are_laid_over_the_images()
    {
        var merged = ConfigMerge.Merge(
            new()
            {
                Env = ["A=user", "B=1", "C"],
                Labels = new() { ["both"] = "user" },
                ExposedPorts = new() { ["81/udp"] = EmptyObject.Instance },
            },
            Image
        );
        Assert.Equal(["A=user", "B=1", "C", "PATH=/bin"], merged.Env!);
        Assert.Equal("user", merged.Labels!["both"]);
        Assert.Equal("image", merged.Labels["from"]);
        Assert.Equal(["80/tcp", "81/udp"], merged.ExposedPorts!.Keys.Order());
    }

    [Fact]
    public void User_directory_and_signal_come_from_the_image_unless_asked()
    {
        var merged = ConfigMerge.Merge(new() { User = "0" }, Image);
        Assert.Equal(("0", "/srv", "SIGQUIT"), (merged.User, merged.WorkingDir, merged.StopSignal));
    }
}
