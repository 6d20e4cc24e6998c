using Pier.Engine.Containers;
using Pier.Engine.Specs;
using Pier.Model;

namespace Pier.UnitTests.Engine;

public class SecurityOptionsTests
{
    [Fact]
    public void Both_separators_and_bare_words_are_read() =>
        Assert.Equal(
            new SecurityOptions("unconfined", "some", true, true),
            SecurityOptions.Parse([
                "seccomp:unconfined",
                "apparmor=some",
                "no-new-privileges",
                "writable-cgroups=1",
                "label=disable",
                "systempaths=unconfined",
            ])
        );

    [Theory]
    [InlineData("odd", "invalid --security-opt 1: \"odd\"")]
    [InlineData("odd=1", "invalid --security-opt 2: \"odd=1\"")]
    [InlineData("no-new-privileges:x", "invalid --security-opt 2: \"no-new-privileges:x\"")]
    [InlineData("apparmor=docker-default", "invalid --security-opt: apparmor=docker-default: this host has no such security module")]
    [InlineData("label=type:some", "invalid --security-opt: label=type:some: this host has no such security module")]
    public void What_is_unknown_or_absent_is_refused(string option, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidParameterException>(() => SecurityOptions.Check([option], appArmor: false)).Message);

    public static TheoryData<ContainerConfig, HostConfig, string> Conflicts =>
        new()
        {
            {
                new() { Hostname = "a" },
                new() { UTSMode = "host" },
                "hostname and the UTS mode"
            },
            {
                new() { Hostname = "a" },
                new() { NetworkMode = "container:b" },
                "hostname and the network mode"
            },
            {
                new(),
                new() { NetworkMode = "container:b", Dns = ["1.1.1.1"] },
                "dns and the network mode"
            },
            {
                new(),
                new() { NetworkMode = "container:b", PublishAllPorts = true },
                "port publishing and the container type network mode"
            },
            {
                new() { ExposedPorts = new() { ["80/tcp"] = EmptyObject.Instance } },
                new() { NetworkMode = "container:b" },
                "port exposing and the container type network mode"
            },
        };

    [Theory]
    [MemberData(nameof(Conflicts))]
    public void Options_of_a_namespace_that_is_another_containers_are_refused(ContainerConfig config, HostConfig host, string what) =>
        Assert.Equal(
            "conflicting options: " + what,
            Assert.Throws<InvalidParameterException>(() => NetworkModeConflicts.Check(config, host)).Message
        );
}
