using Pier.Linux.Cgroups;
using Pier.Model;
using Pier.Model.Runtime;
using Pier.Runtime.Resources;

namespace Pier.UnitTests.Runtime;

public class ResourcePlanTests
{
    static readonly LinuxResources Full = new()
    {
        Memory = new MemoryLimits
        {
            Limit = 1 << 20,
            Swap = 3 << 20,
            Reservation = 1 << 19,
            Swappiness = 7,
        },
        Cpu = new CpuLimits
        {
            Shares = 1024,
            Quota = 50000,
            Period = 100000,
            Cpus = "0-1",
            Mems = "0",
        },
        Pids = new PidsLimit { Limit = -1 },
        BlockIO = new BlockIoLimits
        {
            Weight = 500,
            ThrottleReadBpsDevice =
            [
                new BlockIoThrottle
                {
                    Major = 8,
                    Minor = 0,
                    Rate = 1000,
                },
            ],
        },
        HugepageLimits = [new HugepageLimit { PageSize = "2MB", Limit = 4 }],
    };

    static IEnumerable<string> Lines(IEnumerable<CgroupWrite> writes) => writes.Select(w => $"{w.File}={w.Value}");

    [Fact]
    public void Cgroup_v1_files_take_the_specs_numbers() =>
        Assert.Equal(
            [
                "memory.limit_in_bytes=1048576",
                "memory.memsw.limit_in_bytes=3145728",
                "memory.soft_limit_in_bytes=524288",
                "memory.swappiness=7",
                "cpu.shares=1024",
                "cpu.cfs_period_us=100000",
                "cpu.cfs_quota_us=50000",
                "cpuset.cpus=0-1",
                "cpuset.mems=0",
                "pids.max=max",
                "blkio.bfq.weight|blkio.weight=500",
                "blkio.throttle.read_bps_device=8:0 1000",
                "hugetlb.2MB.limit_in_bytes=4",
            ],
            Lines(LegacyPlan.Of(Full))
        );

    [Fact]
    public void Cgroup_v2_files_take_converted_numbers() =>
        Assert.Equal(
            [
                "memory.swap.max=2097152",
                "memory.max=1048576",
                "memory.low=524288",
                "cpu.weight=39",
                "cpu.max=50000 100000",
                "cpuset.cpus=0-1",
                "cpuset.mems=0",
                "pids.max=max",
                "io.bfq.weight|io.weight=500|4950",
                "io.max=8:0 rbps=1000",
                "hugetlb.2MB.max=4",
            ],
            Lines(UnifiedPlan.Of(Full))
        );

    [Theory]
    [InlineData(2, 1)]
    [InlineData(1024, 39)]
    [InlineData(262144, 10000)]
    public void Shares_become_weights(ulong shares, ulong weight) => Assert.Equal(weight, UnifiedPlan.Weight(shares));

    [Fact]
    public void Swap_below_memory_is_refused_in_v2() =>
        Assert.Throws<InvalidParameterException>(() =>
            UnifiedPlan.Of(
                new LinuxResources
                {
                    Memory = new MemoryLimits { Limit = 10, Swap = 5 },
                }
            )
        );

    [Theory]
    [InlineData("../memory.max")]
    [InlineData("memory.max/x")]
    [InlineData("max")]
    public void Unified_names_must_be_files_of_the_group(string name) =>
        Assert.Throws<InvalidParameterException>(() =>
            UnifiedPlan.Of(new LinuxResources { Unified = new Dictionary<string, string> { [name] = "1" } })
        );

    [Fact]
    public void Unified_is_refused_on_v1() =>
        Assert.Throws<InvalidParameterException>(() =>
            LegacyPlan.Of(new LinuxResources { Unified = new Dictionary<string, string> { ["memory.max"] = "1" } })
        );

    [Fact]
    public void Device_rules_end_with_what_every_container_needs_and_vanish_when_all_is_allowed()
    {
        var rules = DeviceRules.Of(
            new LinuxResources
            {
                Devices =
                [
                    new Pier.Model.Runtime.DeviceRule { Allow = false, Access = "rwm" },
                    new()
                    {
                        Allow = true,
                        Type = "c",
                        Major = 10,
                        Minor = 229,
                        Access = "rw",
                    },
                ],
            }
        );
        Assert.Equal(Pier.Linux.Cgroups.DeviceRule.DenyAll, rules[0]);
        Assert.Equal("c 10:229 rw", rules[1].Legacy);
        Assert.Contains(rules, r => r.Legacy == "c 1:3 rwm");
        Assert.Empty(DeviceRules.Of(new LinuxResources { Devices = [new Pier.Model.Runtime.DeviceRule { Allow = true, Access = "rwm" }] }));
        Assert.Empty(DeviceRules.Of(null));
    }

    [Fact]
    public void A_device_that_a_container_needs_is_allowed_once_and_last_where_it_was_denied()
    {
        static Pier.Model.Runtime.DeviceRule Null(bool allow) =>
            new()
            {
                Allow = allow,
                Type = "c",
                Major = 1,
                Minor = 3,
                Access = "rwm",
            };
        var all = new Pier.Model.Runtime.DeviceRule { Allow = false, Access = "rwm" };
        var once = DeviceRules.Of(new LinuxResources { Devices = [all, Null(true)] });
        Assert.Equal(1, once.Count(r => r.Legacy == "c 1:3 rwm"));
        Assert.Equal(12, once.Count);
        var denied = DeviceRules.Of(new LinuxResources { Devices = [all, Null(true), Null(false)] });
        Assert.Equal([true, false, true], denied.Where(r => r.Legacy == "c 1:3 rwm").Select(r => r.Allow));
    }
}
