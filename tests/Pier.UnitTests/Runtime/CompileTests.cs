using Pier.Linux.Capabilities;
using Pier.Linux.Mounts;
using Pier.Model.Runtime;
using Pier.Runtime.Compile;

namespace Pier.UnitTests.Runtime;

public class CompileTests
{
    [Theory]
    [InlineData("/a//b/./c", "a/b/c")]
    [InlineData("/../../a/../b", "b")]
    [InlineData("", "")]
    public void Components_never_climb_above_the_root(string path, string expected) =>
        Assert.Equal(expected, string.Join('/', Targets.Components(path)));

    [Theory]
    [InlineData("net.ipv4.conf.eth0.forwarding", "net/ipv4/conf/eth0/forwarding")]
    [InlineData("net/ipv4/conf/eth0.100/forwarding", "net/ipv4/conf/eth0.100/forwarding")]
    [InlineData("net.ipv4.conf.eth0/100.forwarding", "net/ipv4/conf/eth0.100/forwarding")]
    public void Sysctl_names_become_paths(string name, string path) => Assert.Equal(path, Sysctl.Path(name));

    [Theory]
    [InlineData("net/../../kernel/x")]
    [InlineData("net..x")]
    public void Sysctl_names_cannot_leave(string name) => Assert.Throws<Pier.Model.InvalidParameterException>(() => Sysctl.Path(name));

    [Fact]
    public void Mount_options_fall_into_flags_attributes_propagation_and_data()
    {
        var options = MountOptions.Parse(["rbind", "ro", "nosuid", "noexec", "exec", "rslave", "mode=755", "rro"]);
        Assert.True(options is { IsBind: true, Recursive: true });
        Assert.Equal(MountAttributes.ReadOnly | MountAttributes.NoSuid, options.Set);
        Assert.Equal(MountAttributes.NoExec, options.Clear);
        Assert.Equal(MountFlags.Slave | MountFlags.Recursive, options.Propagation);
        Assert.Equal(MountAttributes.ReadOnly, options.RecursiveSet);
        Assert.Equal(["mode=755"], options.Data);
    }

    [Fact]
    public void Nobody_gets_more_capabilities_than_the_host_can_give()
    {
        var host = new HostFacts
        {
            Cgroups = new(false, []),
            LastCapability = 40,
            BoundingSet = ~(1UL << Capability.SysResource),
        };
        string[] asked = ["CAP_CHOWN", "CAP_SYS_RESOURCE", "CAP_NO_SUCH"];
        var sets = new CapabilitySets
        {
            Bounding = asked,
            Effective = asked,
            Permitted = asked,
            Ambient = asked,
        };
        var plan = CapabilityPlan.Of(sets, host);
        Assert.Equal((1UL, 1UL, 1UL, 0UL, 0UL), (plan.Bounding, plan.Effective, plan.Permitted, plan.Inheritable, plan.Ambient));
        Assert.Equal(["CAP_SYS_RESOURCE", "CAP_NO_SUCH"], CapabilityPlan.Missing(sets, host));
    }

    [Theory]
    [InlineData("process.args search foo", 2, "exec: \"foo\": executable file not found in $PATH", 127)]
    [InlineData("process.args stat /x", 2, "exec: \"/x\": stat /x: no such file or directory", 127)]
    [InlineData("process.args permission /x", 13, "exec: \"/x\": permission denied", 126)]
    [InlineData("process.args directory /x", 13, "exec: \"/x\": is a directory", 126)]
    [InlineData("process.args execute /x", 8, "exec /x: exec format error", 126)]
    [InlineData("process.args execute /x", 2, "exec /x: no such file or directory", 127)]
    public void Failures_of_the_command_are_told_in_Dockers_words(string subject, int errno, string message, int code) =>
        Assert.Equal((message, code), ExecSubject.Describe(subject, errno, Pier.Linux.Errno.Describe(errno)));
}
