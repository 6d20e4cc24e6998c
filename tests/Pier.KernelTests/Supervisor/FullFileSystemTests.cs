using System.Diagnostics;
using Pier.Linux;
using Pier.Supervisor;

namespace Pier.KernelTests.Supervisor;

/// <summary>A full exec root and a full log disk: processes go on, and what can be logged is logged.</summary>
public sealed class FullFileSystemTests : IDisposable
{
    readonly string _small = Directory.CreateDirectory($"/tmp/pier-supervisor-full-{Environment.ProcessId}-{Guid.NewGuid():n}").FullName;
    readonly string _gate = Path.GetTempFileName();

    public FullFileSystemTests()
    {
        File.Delete(_gate);
        Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", _small);
    }

    public void Dispose()
    {
        Run("umount", "-l", _small);
        Directory.Delete(_small);
        File.Delete(_gate);
    }

    [SkippableFact]
    public async Task A_full_exec_root_loses_no_output_and_refuses_launches()
    {
        await using var host = await SupervisorHost.StartAsync(_small);
        var log = _gate + ".log";
        await host.Client.LaunchAsync(
            new LaunchRequest
            {
                Key = "a",
                Log = new LogTarget(log),
                Program = Linux.Launch.TestPrograms.Command(
                    ["/bin/busybox", "sh", "-c", $"while [ ! -e {_gate} ]; do sleep 0.05; done; seq 1 100000; printf tail; exit 3"],
                    stdio: true
                ),
            }
        );
        Fill();
        File.WriteAllText(_gate, "");
        Assert.Equal(3, (await host.ExitAsync("a")).ExitCode);
        Assert.Equal(100_001, File.ReadLines(log).Count());
        Assert.Contains("{\"log\":\"100000\\n\"", File.ReadLines(log).SkipLast(1).Last());
        var refused = await Assert.ThrowsAsync<SupervisorException>(() => host.ShellAsync("b", "true", log: false));
        Assert.Equal((SupervisorError.HostFailed, Errno.ENOSPC), (refused.Error, refused.Errno));
        File.Delete(log);
    }

    [SkippableFact]
    public async Task A_full_log_disk_stops_nobody_and_leaves_whole_lines()
    {
        await using var host = await SupervisorHost.StartAsync();
        await host.Client.LaunchAsync(
            new LaunchRequest
            {
                Key = "a",
                Log = new LogTarget(_small + "/log"),
                Program = Linux.Launch.TestPrograms.Command(["/bin/busybox", "sh", "-c", "seq 1 100000; exit 3"], stdio: true),
            }
        );
        Assert.Equal(3, (await host.ExitAsync("a")).ExitCode);
        Assert.All(File.ReadLines(_small + "/log"), l => Assert.EndsWith("\"}", l));
    }

    void Fill()
    {
        using var file = File.Create(_small + "/junk");
        var block = new byte[4096];
        try
        {
            for (var i = 0; i < 1024; i++)
            {
                file.Write(block);
                file.Flush();
            }
        }
        catch (IOException)
        {
            return; // full
        }
        Assert.Fail("the file system takes more than it should");
    }

    static void Run(string command, params string[] arguments)
    {
        using var process = Process.Start(command, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
