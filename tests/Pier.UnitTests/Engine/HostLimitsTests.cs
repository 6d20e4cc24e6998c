using Pier.Engine.Containers;
using Pier.Linux.Cgroups;
using Pier.Model;
using Pier.Runtime.Resources;

namespace Pier.UnitTests.Engine;

public class HostLimitsTests
{
    static readonly LimitSupport Everything = LimitSupport.Full("0-3", "0");

    static (HostConfig Host, List<string> Warnings) Fit(HostConfig host, LimitSupport support)
    {
        var warnings = new List<string>();
        return (HostLimits.Fit(host, support, warnings), warnings);
    }

    static readonly HostConfig Limited = new()
    {
        Memory = 64 << 20,
        MemoryReservation = 32 << 20,
        MemorySwappiness = 10,
        KernelMemoryTCP = 1 << 20,
        OomKillDisable = true,
        PidsLimit = 5,
        CpuShares = 5,
        CpuPeriod = 5000,
        CpuQuota = 5000,
        CpusetCpus = "0,2-3",
        CpusetMems = "0",
        BlkioWeight = 100,
        BlkioWeightDevice = [new()],
        BlkioDeviceReadBps = [new()],
        BlkioDeviceWriteBps = [new()],
        BlkioDeviceReadIOps = [new()],
        BlkioDeviceWriteIOps = [new()],
    };

    [Fact]
    public void What_the_kernel_has_is_kept_without_a_word()
    {
        var (host, warnings) = Fit(Limited, Everything);
        Assert.Equal(Limited, host);
        Assert.Empty(warnings);
    }

    [Fact]
    public void What_the_kernel_lacks_is_taken_out_with_a_warning_each()
    {
        var (host, warnings) = Fit(Limited, new LimitSupport());
        Assert.Equal(new HostConfig { MemorySwap = -1 }, host);
        Assert.Equal(15, warnings.Count);
        Assert.All(warnings, w => Assert.StartsWith("Your kernel does not support ", w));
    }

    [Theory]
    [InlineData("4", "Requested CPUs are not available - requested 4, available: 0-3")]
    [InlineData("0-9", "Requested CPUs are not available - requested 0-9, available: 0-3")]
    [InlineData("x", "Invalid value x for cpuset cpus")]
    [InlineData("3-1", "Invalid value 3-1 for cpuset cpus")]
    [InlineData("0-4294967295", "Invalid value 0-4294967295 for cpuset cpus")]
    public void Processors_that_are_not_there_are_refused(string cpus, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidParameterException>(() => Fit(new() { CpusetCpus = cpus }, Everything)).Message);

    [Fact]
    public void Realtime_without_a_scheduler_is_an_error() =>
        Assert.Throws<InvalidParameterException>(() => Fit(new() { CpuRealtimeRuntime = 1 }, Everything with { CpuRealtime = false }));

    [Fact]
    public void Cgroup_v2_offers_what_its_controllers_offer()
    {
        var layout = new CgroupLayout(true, [new CgroupHierarchy("/sys/fs/cgroup", ["cpuset", "cpu", "io", "memory", "pids"], null, true)]);
        var support = LimitSupport.Of(
            layout,
            p =>
                p.EndsWith("cpuset.cpus.effective", StringComparison.Ordinal) ? "0-7"
                : p.EndsWith("cpuset.mems.effective", StringComparison.Ordinal) ? "0"
                : null
        );
        Assert.Equal(
            (true, true, true, true, "0-7", "0"),
            (support.Memory, support.Swap, support.Pids, support.CpuQuota, support.Cpus, support.MemoryNodes)
        );
        Assert.Equal(
            (false, false, false, false),
            (support.OomKillDisable, support.Swappiness, support.CpuRealtime, support.KernelMemoryTcp)
        );
    }
}
