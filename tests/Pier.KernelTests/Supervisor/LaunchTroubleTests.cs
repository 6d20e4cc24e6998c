using System.Diagnostics;
using Pier.KernelTests.Linux.Launch;
using Pier.Linux;
using Pier.Linux.Descriptors;
using Pier.Linux.Launch;
using Pier.Supervisor;

namespace Pier.KernelTests.Supervisor;

public class LaunchTroubleTests
{
    [SkippableFact]
    public async Task A_failing_program_is_reported_and_its_key_is_free_again()
    {
        await using var host = await SupervisorHost.StartAsync();
        var program = TestPrograms.Command(["/nonexistent"], stdio: true);
        var failure = await Assert.ThrowsAsync<LaunchFailedException>(() => host.LaunchAsync("x", program));
        Assert.Equal((program.Ops.Count - 1, Errno.ENOENT), (failure.Op, failure.Errno));
        await host.ShellAsync("x", "exit 4");
        var used = await Assert.ThrowsAsync<SupervisorException>(() => host.ShellAsync("x", "true"));
        Assert.Equal(SupervisorError.KeyInUse, used.Error);
        Assert.Equal(4, (await host.ExitAsync("x")).ExitCode);
        await host.Client.ReleaseAsync("x");
        Assert.Empty(await host.Client.ListAsync());
    }

    [SkippableFact]
    public async Task Launches_that_hang_delay_nobody()
    {
        await using var host = await SupervisorHost.StartAsync();
        var (read, write) = Pipe.Create();
        var builder = new ProgramBuilder();
        var pipe = builder.Import("pipe");
        builder.Call(Syscall.Read, pipe, builder.Bytes(new byte[8]), 8);
        builder.Call(Syscall.ExitGroup, 9);
        var hanging = Enumerable
            .Range(0, 5)
            .Select(i =>
                host.Client.LaunchAsync(
                    new LaunchRequest
                    {
                        Key = $"hang{i}",
                        Program = builder.Build(),
                        Imports = [read],
                    }
                )
            )
            .ToArray();
        await Task.Delay(50);
        var clock = Stopwatch.StartNew();
        await host.ShellAsync("quick", "echo quick");
        Assert.Equal(0, (await host.ExitAsync("quick")).ExitCode);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"took {clock.Elapsed}");
        Assert.All(hanging, h => Assert.False(h.IsCompleted));
        Assert.Equal(40, Pipe.Write(write, new byte[40]).Count);
        foreach (var launch in hanging)
            (await launch).PidFd?.Dispose(); // it "exec'd" by ending
        for (var i = 0; i < 5; i++)
            Assert.Equal(9, (await host.ExitAsync($"hang{i}")).ExitCode);
        read.Dispose();
        write.Dispose();
    }

    [SkippableFact]
    public async Task A_hanging_launch_is_ended_when_the_supervisor_is_killed_and_then_done_again()
    {
        await using var host = await SupervisorHost.StartAsync();
        var (read, write) = Pipe.Create();
        var builder = new ProgramBuilder();
        var pipe = builder.Import("pipe");
        builder.Call(Syscall.Read, pipe, builder.Bytes(new byte[8]), 8);
        builder.Call(Syscall.ExitGroup, 9);
        var launch = host.Client.LaunchAsync(
            new LaunchRequest
            {
                Key = "hang",
                Program = builder.Build(),
                Imports = [read],
            }
        );
        await Task.Delay(100);
        await host.KillAsync(keeper: false);
        Pipe.Write(write, new byte[8]); // one reader only: the killed launch's child is gone
        (await launch.WaitAsync(TimeSpan.FromSeconds(20))).PidFd?.Dispose();
        Assert.Equal(9, (await host.ExitAsync("hang")).ExitCode);
        read.Dispose();
        write.Dispose();
    }

    [SkippableFact]
    public async Task Signals_go_by_key_and_an_ended_process_is_never_signalled()
    {
        await using var host = await SupervisorHost.StartAsync();
        await host.ShellAsync("s", "sleep 100");
        await host.Client.SignalAsync("s", 15);
        var exit = await host.ExitAsync("s");
        Assert.Equal((143, 15), (exit.ExitCode, exit.Signal));
        Assert.Equal(SupervisorError.Ended, (await Assert.ThrowsAsync<SupervisorException>(() => host.Client.SignalAsync("s", 9))).Error);
        Assert.Equal(
            SupervisorError.NoSuchKey,
            (await Assert.ThrowsAsync<SupervisorException>(() => host.Client.SignalAsync("t", 9))).Error
        );
    }

    [SkippableFact]
    public async Task A_storm_of_exits_is_told_completely()
    {
        await using var host = await SupervisorHost.StartAsync();
        var told = new System.Collections.Concurrent.ConcurrentDictionary<string, SupervisedExit>();
        host.Client.Exited += e => Assert.True(told.TryAdd(e.Key, e));
        const int Count = 200;
        var gate = host.Root + "/gate";
        await Task.WhenAll(
            Enumerable
                .Range(0, Count)
                .Select(i => host.ShellAsync($"n{i}", $"while [ ! -e {gate} ]; do sleep 0.2; done; echo {i}; exit {i % 100}"))
        );
        File.WriteAllText(gate, "");
        var clock = Stopwatch.StartNew();
        while (told.Count < Count && clock.Elapsed < TimeSpan.FromSeconds(60))
            await Task.Delay(20);
        for (var i = 0; i < Count; i++)
        {
            Assert.Equal(i % 100, told[$"n{i}"].ExitCode);
            Assert.Equal($"{i}\n", host.LogText($"n{i}"));
        }
    }

    [SkippableFact]
    public async Task Rotated_logs_hold_every_line_and_no_more_files_than_asked_for()
    {
        await using var host = await SupervisorHost.StartAsync();
        await host.ShellAsync("r", "seq 1 5000; sleep 0.1; seq 5001 10000", maxSize: 100_000, maxFile: 100);
        await host.ExitAsync("r");
        var files = Directory.GetFiles(host.Root, "r.log*");
        Assert.True(files.Length > 3);
        Assert.Equal(string.Concat(Enumerable.Range(1, 10000).Select(n => $"{n}\n")), host.LogText("r", files: files.Length));
        Assert.All(files, f => Assert.InRange(new FileInfo(f).Length, 1, 100_200));
        await host.ShellAsync("few", "seq 1 10000", maxSize: 100_000, maxFile: 2);
        await host.ExitAsync("few");
        Assert.Equal(2, Directory.GetFiles(host.Root, "few.log*").Length);
        Assert.EndsWith("9999\n10000\n", host.LogText("few", files: 2));
    }
}
