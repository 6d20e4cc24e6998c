using Pier.Engine.Containers;
using Pier.Engine.Specs;
using Pier.Model;

namespace Pier.UnitTests.Engine;

public class ResourceUpdateTests
{
    const long Mega = 1 << 20;

    static readonly RestartPolicy No = new() { Name = "no" };

    public static TheoryData<HostConfig, HostConfig, string> Refused =>
        new()
        {
            {
                new() { CpuPeriod = 1000 },
                new() { NanoCpus = 1 },
                "Conflicting options: Nano CPUs cannot be updated as CPU Period has already been set"
            },
            {
                new() { CpuQuota = 1000 },
                new() { NanoCpus = 1 },
                "Conflicting options: Nano CPUs cannot be updated as CPU Quota has already been set"
            },
            {
                new() { NanoCpus = 1 },
                new() { CpuPeriod = 1000 },
                "Conflicting options: CPU Period cannot be updated as NanoCPUs has already been set"
            },
            {
                new() { NanoCpus = 1 },
                new() { CpuQuota = 1000 },
                "Conflicting options: CPU Quota cannot be updated as NanoCPUs has already been set"
            },
            {
                new() { Memory = 64 * Mega },
                new() { Memory = 200 * Mega },
                "Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time"
            },
            {
                new() { AutoRemove = true },
                new() { RestartPolicy = new() { Name = "always" } },
                "Restart policy cannot be updated because AutoRemove is enabled for the container"
            },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_does_not_go_together_is_refused_in_Dockers_words(HostConfig has, HostConfig asked, string reason) =>
        Assert.Equal(
            "Cannot update container abc: " + reason,
            Assert.Throws<ConflictException>(() => ResourceUpdate.Merge("abc", has with { RestartPolicy = No }, asked)).Message
        );

    [Fact]
    public void What_is_not_asked_stays()
    {
        var has = new HostConfig
        {
            Memory = 64 * Mega,
            CpuShares = 512,
            CpusetCpus = "0",
            PidsLimit = 9,
            RestartPolicy = No,
            Privileged = true,
        };
        Assert.Equal(has, ResourceUpdate.Merge("abc", has, new HostConfig()));
        var changed = ResourceUpdate.Merge(
            "abc",
            has,
            new HostConfig
            {
                Memory = 100 * Mega,
                PidsLimit = -1,
                RestartPolicy = new() { Name = "always" },
            }
        );
        Assert.Equal(
            has with
            {
                Memory = 100 * Mega,
                MemorySwap = 128 * Mega,
                PidsLimit = -1,
                RestartPolicy = new() { Name = "always" },
            },
            changed
        );
    }

    [Fact]
    public void Only_what_is_asked_is_written()
    {
        var none = SpecResources.Limits(new HostConfig(), new HostConfig { Memory = 64 * Mega });
        Assert.Equal((null, null, null, null, null), (none.Memory, none.Cpu, none.Pids, none.BlockIO, none.Devices));
        var asked = new HostConfig { NanoCpus = 500_000_000, Memory = 10 * Mega };
        var limits = SpecResources.Limits(asked, asked with { MemorySwap = 20 * Mega });
        Assert.Equal(
            (50_000, 100_000UL, 10 * Mega, 20 * Mega),
            (limits.Cpu!.Quota, limits.Cpu.Period, limits.Memory!.Limit, limits.Memory.Swap)
        );
    }

    [Theory]
    [InlineData(1, "Minimum memory limit allowed is 6MB")]
    [InlineData(0, null)]
    public void Limits_are_checked_as_at_creation_but_what_is_set_already_may_be_missing(long memory, string? message)
    {
        var asked = new HostConfig { Memory = memory, MemorySwap = 100 * Mega };
        Assert.Equal(message, Record.Exception(() => ResourceUpdate.Check(asked, 2))?.Message);
    }
}
