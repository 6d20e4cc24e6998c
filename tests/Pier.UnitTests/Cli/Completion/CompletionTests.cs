using System.Text;

namespace Pier.UnitTests.Cli.Completion;

/// <summary>pier __complete: where the cursor is, and what fits there.</summary>
public class CompletionTests
{
    const string Containers = """
        [{"Names":["/up"],"State":"running","NetworkSettings":{"Networks":{"bridge":{}}}},{"Names":["/held"],"State":"paused"},
        {"Names":["/done"],"State":"exited"},{"Names":["/gone"],"State":"dead"}]
        """;

    [Theory]
    [InlineData("attach\tAttach local standard input, output, and error streams to a running container\n:4\n", "att")]
    [InlineData("create\tCreate a network\n:4\n", "network", "cr")]
    [InlineData("signer\tManage entities who can sign Docker images\n:4\n", "trust", "signe")]
    [InlineData("add\tAdd a signer\n:4\n", "trust", "signer", "a")]
    [InlineData("volume\tManage volumes\n:4\n", "help", "vol")]
    [InlineData("--no-trunc\tDon't truncate output\n:4\n", "ps", "--no")]
    [InlineData(":4\n", "ps", "--no-trunc", "--no")]
    [InlineData("--env-file\tRead in a file of environment variables\n:4\n", "run", "--env-file", "x", "--env-f")]
    [InlineData("up\n:4\n", "exec", "u")]
    [InlineData("up\n:4\n", "container", "exec", "u")]
    [InlineData("up\n:4\n", "exec", "-it", "u")]
    [InlineData("up\n:4\n", "exec", "-e", "A=b", "u")]
    [InlineData("up\nheld\n:4\n", "stop", "")]
    [InlineData("held\n:4\n", "stop", "up", "")]
    [InlineData("up\nheld\n:4\n", "stop", "--", "")]
    [InlineData("held\n:4\n", "unpause", "")]
    [InlineData("done\n:4\n", "start", "")]
    [InlineData("done\ngone\n:4\n", "rm", "")]
    [InlineData("up\nheld\ndone\ngone\n:4\n", "rm", "-f", "")]
    [InlineData("held\ndone\ngone\n:4\n", "network", "connect", "bridge", "")]
    [InlineData("up\n:4\n", "network", "disconnect", "bridge", "")]
    [InlineData("no\nalways\non-failure\nunless-stopped\n:4\n", "run", "--restart", "")]
    [InlineData("on-failure\n:4\n", "run", "--restart=on")]
    [InlineData("TERM\n:4\n", "kill", "-s", "TER")]
    [InlineData("SIGTERM\n:4\n", "kill", "-s", "SIGTE")]
    [InlineData("SIGTERM\n:4\n", "kill", "--signal=SIGTE")]
    [InlineData("status=paused\n:4\n", "ps", "--filter", "status=p")]
    [InlineData("status=\n:6\n", "ps", "--filter=st")]
    [InlineData("json\ntable\n:4\n", "ps", "--format", "")]
    [InlineData("json\n:4\n", "info", "--format", "")]
    [InlineData("up:\n:2\n", "cp", "u")]
    [InlineData(":4\n", "cp", "up:")]
    [InlineData(":16\n", "build", "")]
    [InlineData(":0\n", "build", "-f", "")]
    [InlineData(":0\n", "load", "-i", "x")]
    // What is not known offers nothing, and what is a container's is not ours.
    [InlineData(":4\n", "nosuch", "")]
    [InlineData(":4\n", "ps", "--nosuch", "")]
    [InlineData(":4\n", "ps", "--nosuch=")]
    [InlineData(":4\n", "run", "busybox", "--re")]
    [InlineData(":4\n", "run", "busybox", "--restart", "")]
    [InlineData(":4\n", "exec", "up", "")]
    [InlineData(":4\n", "version", "")]
    [InlineData("debug\n:4\n", "-l", "d")]
    public void What_fits_is_offered(string expected, params string[] words)
    {
        using var daemon = new FakeDaemon(
            (line, _) => FakeDaemon.Json(line.Contains("/containers") ? (line.Contains("all=1") ? Containers : Running) : "[]")
        );
        var run = CliRun.Of(daemon.Path, ["__complete", .. words]);
        Assert.Equal((0, "", expected), (run.Code, run.Error, run.Out));
    }

    static readonly string Running = Containers[..Containers.IndexOf(",\n", StringComparison.Ordinal)] + "]";

    [Fact]
    public void Descriptions_can_be_left_out() => Assert.Equal("attach\n:4\n", CliRun.Of(null, "__completeNoDesc", "att").Out);

    [Theory]
    [InlineData("stop", "")]
    [InlineData("run", "--network", "")]
    [InlineData("-c", "nosuch", "stop", "")]
    [InlineData("-H", "odd://x", "stop", "")]
    public void Without_a_daemon_nothing_is_said(params string[] words)
    {
        var run = CliRun.Of("/nosuch/socket", ["__complete", .. words]);
        Assert.Equal((0, "", ":4\n"), (run.Code, run.Error, run.Out));
    }

    [Fact]
    public void A_daemon_that_hangs_is_not_waited_for()
    {
        using var forever = new ManualResetEventSlim();
        using var daemon = new FakeDaemon(
            (_, _) =>
            {
                forever.Wait();
                return FakeDaemon.Json("[]");
            }
        );
        var run = CliRun.Of(daemon.Path, "__complete", "stop", "");
        forever.Set();
        Assert.Equal((0, "", ":4\n"), (run.Code, run.Error, run.Out));
    }

    [Theory]
    [InlineData("bash", "complete -o default -F __pier_complete pier\n")]
    [InlineData("zsh", "#compdef pier\n")]
    [InlineData("fish", "complete -c pier -f -a '(__pier_complete)'\n")]
    [InlineData("powershell", "Register-ArgumentCompleter -Native -CommandName 'pier' -ScriptBlock {\n")]
    public void Each_shell_has_a_script(string shell, string line)
    {
        var script = CliRun.Of(null, "completion", shell).Out;
        Assert.Contains(line, script);
        if (shell == "bash")
            return;
        var plain = CliRun.Of(null, "completion", shell, "--no-descriptions").Out;
        Assert.Contains(" __completeNoDesc ", plain);
        Assert.Equal(script, plain.Replace("__completeNoDesc", "__complete"));
    }
}
