namespace Pier.CompatTests;

/// <summary>--init through docker's client and through pier's.</summary>
public sealed class InitTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    Client With(string name) => Client.OrSkip(name, daemon);

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task The_init_program_is_the_first_process(string name)
    {
        var run = await With(name)
            .RunAsync("run", "--rm", "--init", "--network", "none", "busybox", "sh", "-c", "tr '\\0' ' ' < /proc/1/cmdline; exit 7");
        Assert.Equal(7, run.Code);
        Assert.StartsWith("/sbin/docker-init -- sh -c ", run.Out);
    }

    [SkippableTheory]
    [InlineData("docker", 127, "nosuch")]
    [InlineData("pier", 127, "nosuch")]
    [InlineData("docker", 126, "/etc")]
    [InlineData("pier", 126, "/etc")]
    public async Task What_cannot_be_run_has_its_exit_code(string name, int code, string command)
    {
        var run = await With(name).RunAsync("run", "--rm", "--init", "--network", "none", "busybox", command);
        Assert.Equal(code, run.Code);
        Assert.StartsWith($"docker-init: exec: \"{command}\"", run.Error);
    }

    // Without --init, sleep is pid 1, ignores SIGTERM and lasts until the kill.
    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Stop_ends_a_command_that_has_no_handler(string name)
    {
        var client = With(name);
        var id = (await client.RunAsync("run", "-d", "--init", "--network", "none", "busybox", "sleep", "300")).Out.Trim();
        Assert.Equal(0, (await client.RunAsync("stop", "-t", "60", id)).Code);
        Assert.Equal("143", (await client.RunAsync("inspect", "-f", "{{.State.ExitCode}}", id)).Out.Trim());
        Assert.Equal(0, (await client.RunAsync("rm", id)).Code);
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task Control_C_ends_a_command_that_has_no_handler(string name)
    {
        var (code, _) = await With(name)
            .OnTerminalAsync("run -it --rm --init --network none busybox sh -c 'echo ready; exec sleep 300'", ("ready", "\x03"));
        Assert.Equal(130, code);
    }
}
