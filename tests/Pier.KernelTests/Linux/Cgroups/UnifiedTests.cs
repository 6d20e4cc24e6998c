using System.Diagnostics;
using Pier.Linux.Cgroups;

namespace Pier.KernelTests.Linux.Cgroups;

/// <summary>What cgroup v2 does without controllers works on hybrid hosts too: devices, freezer, kill.</summary>
public sealed class UnifiedTests : IDisposable
{
    readonly ControlGroup? _group;

    public UnifiedTests()
    {
        var layout = CgroupLayout.Parse(
            File.ReadAllText("/proc/self/mountinfo"),
            mount => File.ReadAllText(Path.Combine(mount, "cgroup.controllers"))
        );
        if (layout.UnifiedHierarchy is not { } unified)
            return;
        _group = new ControlGroup(
            new CgroupLayout(true, [unified]),
            $"/pier-unified-test-{Environment.ProcessId}-{Guid.NewGuid().ToString("n")[..6]}"
        );
        _group.Create();
    }

    public void Dispose()
    {
        _group?.SignalAll(9);
        Assert.True(_group?.Delete(TimeSpan.FromSeconds(10)) ?? true);
    }

    Process Shell(string script)
    {
        Skip.If(_group is null, "no cgroup v2 hierarchy");
        var procs = _group.Places.Single().Directory + "/cgroup.procs";
        return Process.Start(
            new ProcessStartInfo("/bin/sh", ["-c", $"echo $$ > {procs}; {script}"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
    }

    [SkippableFact]
    public void A_device_program_decides_and_can_be_replaced()
    {
        Skip.If(_group is null, "no cgroup v2 hierarchy");
        var directory = _group.Places.Single().Directory;
        DeviceFilter.Replace(directory, [DeviceRule.DenyAll, new(true, 'c', 1, 3, DeviceAccess.All)]);
        using (var denied = Shell("head -c1 /dev/zero 2>&1 | grep -c 'not permitted'; echo x > /dev/null && echo null"))
            Assert.Equal("1\nnull\n", denied.StandardOutput.ReadToEnd());
        DeviceFilter.Replace(directory, [DeviceRule.DenyAll, new(true, 'c', 1, 5, DeviceAccess.Read)]);
        using var allowed = Shell("head -c3 /dev/zero | wc -c");
        Assert.Equal("3\n", allowed.StandardOutput.ReadToEnd());
    }

    [SkippableFact]
    public void A_frozen_group_stands_still_and_is_killed_all_the_same()
    {
        using var process = Shell("sleep 100 & wait");
        while (_group!.Processes().Count < 2)
            Thread.Sleep(5);
        Assert.True(Freezer.TryFreeze(_group, TimeSpan.FromSeconds(5)));
        Assert.True(Freezer.IsFrozen(_group));
        _group.SignalAll(9);
        Assert.True(process.WaitForExit(10_000));
        Assert.Equal(137, process.ExitCode);
        // The child of the shell is somebody else's to reap: it goes a moment later.
        Assert.True(SpinWait.SpinUntil(() => _group.Processes().Count == 0, TimeSpan.FromSeconds(10)));
    }
}
