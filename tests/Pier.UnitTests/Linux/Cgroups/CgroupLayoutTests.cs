using Pier.Linux.Cgroups;

namespace Pier.UnitTests.Linux.Cgroups;

public class CgroupLayoutTests
{
    const string Hybrid = """
        30 20 0:26 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
        31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
        32 30 0:28 / /sys/fs/cgroup/memory rw,relatime shared:3 - cgroup cgroup rw,memory
        33 30 0:29 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
        34 30 0:30 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
        99 30 0:28 /docker/x /var/lib/x/cgroup/memory rw - cgroup cgroup rw,memory
        """;

    [Fact]
    public void Hybrid_has_v1_controllers_and_a_unified_hierarchy_without_any()
    {
        var layout = CgroupLayout.Parse(Hybrid, _ => "");
        Assert.False(layout.Unified);
        Assert.Equal(["cpu,cpuacct", "memory"], layout.Legacy.Select(h => h.DirectoryName));
        Assert.Equal("/sys/fs/cgroup/cpu,cpuacct", layout.WithController("cpuacct")!.MountPoint);
        Assert.Equal("none,name=systemd", layout.Hierarchies.Single(h => h.Name == "systemd").MountData);
        Assert.Equal("/sys/fs/cgroup/unified", layout.UnifiedHierarchy!.MountPoint);
    }

    [Fact]
    public void One_v2_mount_is_the_unified_case()
    {
        var layout = CgroupLayout.Parse("30 20 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n", _ => "cpu memory\n");
        Assert.True(layout.Unified);
        Assert.Equal(["cpu", "memory"], layout.UnifiedHierarchy!.Controllers);
        Assert.Equal("/sys/fs/cgroup/pier/x", new ControlGroup(layout, "pier//x/").Directory("memory"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("../x")]
    [InlineData("/pier/../../x")]
    [InlineData("/pier/a\0b")]
    [InlineData("/pier/a\nb")]
    [InlineData("/pier/cgroup.procs")]
    [InlineData("./x")]
    public void Paths_that_lead_elsewhere_are_refused(string path) => Assert.NotNull(CgroupName.Problem(path));

    [Fact]
    public void A_process_leaves_hierarchies_in_which_its_daemon_has_a_group()
    {
        var layout = CgroupLayout.Parse(Hybrid, _ => "");
        Assert.Equal(
            ["/sys/fs/cgroup/systemd"],
            OwnMembership.HierarchiesToLeave(layout, "4:memory:/system.slice/pier\n2:name=systemd:/system.slice/pier.service\n0::/\n")
        );
    }
}
