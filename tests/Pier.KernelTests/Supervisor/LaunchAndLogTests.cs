using Pier.Supervisor;

namespace Pier.KernelTests.Supervisor;

public class LaunchAndLogTests
{
    [SkippableFact]
    public async Task Output_reaches_the_log_before_the_exit_is_told()
    {
        await using var host = await SupervisorHost.StartAsync();
        var told = new TaskCompletionSource<SupervisedExit>();
        host.Client.Exited += told.SetResult;
        await host.ShellAsync("a", "echo out; echo err >&2; printf tail; exit 3");
        var exit = await told.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(("a", 3, null), (exit.Key, exit.ExitCode, exit.Signal));
        Assert.Equal("out\ntail", host.LogText("a"));
        Assert.Equal("err\n", host.LogText("a", "stderr"));
    }

    [SkippableFact]
    public async Task A_fast_echo_never_loses_a_byte()
    {
        await using var host = await SupervisorHost.StartAsync();
        const int Count = 1000;
        for (var i = 0; i < Count; i += 20)
        {
            var keys = Enumerable.Range(i, 20).Select(n => $"echo{n}").ToArray();
            await Task.WhenAll(keys.Select(k => host.ShellAsync(k, $"echo {k}")));
            foreach (var key in keys)
            {
                Assert.Equal(0, (await host.ExitAsync(key)).ExitCode);
                Assert.Equal(key + "\n", host.LogText(key));
                await host.Client.ReleaseAsync(key);
            }
        }
    }
}
