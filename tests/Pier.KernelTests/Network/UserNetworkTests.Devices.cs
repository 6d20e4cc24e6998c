using System.Net;
using Pier.Model;
using Pier.Network;
using Pier.Network.Endpoints;

namespace Pier.KernelTests.Network;

public partial class UserNetworkTests
{
    [SkippableFact]
    public void Devices_have_the_names_settings_and_further_addresses_that_were_asked() =>
        NetworkLab.Run(lab =>
        {
            using var stack = NetworkStack.Open(Options);
            var (red, blue) = (Make(stack, "red"), Make(stack, "blue"));
            var one = stack.Attach(
                new SandboxSpec("one", new NetworkMode(NetworkModeKind.Network, "red"))
                {
                    ContainerName = "one",
                    Endpoints =
                    [
                        new EndpointSpec(red.Id)
                        {
                            Device = "lan0",
                            Settings = [new DeviceSetting("ipv4", "conf", "log_martians", "1")],
                            LinkLocal = [new(IPAddress.Parse("169.254.8.9"), 16), new(IPAddress.Parse("fe80::55"), 64)],
                        },
                        new EndpointSpec(blue.Id),
                    ],
                }
            );
            Assert.Equal("lan0 eth0", string.Join(' ', one.Record.Endpoints.Select(e => e.Device)));
            var addresses = NetworkLab.Shell("ip -o addr show dev lan0", one.Namespace);
            Assert.Contains("169.254.8.9/16", addresses);
            Assert.Contains("fe80::55/64", addresses);
            Assert.Equal("1", NetworkLab.Shell("cat /proc/sys/net/ipv4/conf/lan0/log_martians", one.Namespace).Trim());
            Assert.Equal("0", NetworkLab.Shell("cat /proc/sys/net/ipv4/conf/eth0/log_martians", one.Namespace).Trim());
            Ping(one, blue.Ipv4!.Gateway!.ToString(), works: true);

            stack.Disconnect("one", red.Id);
            var missing = new EndpointSpec(red.Id) { Device = "lan1", Settings = [new DeviceSetting("ipv4", "conf", "no_such", "1")] };
            Assert.Equal(
                "/proc/sys/net/ipv4/conf/lan1/no_such is not a sysctl file",
                Assert.Throws<InvalidParameterException>(() => stack.Connect("one", missing)).Message
            );
            Assert.DoesNotContain("lan", NetworkLab.Shell("ip -br link", one.Namespace));
            // A name that is taken stays its owner's.
            Assert.ThrowsAny<EngineException>(() => stack.Connect("one", new EndpointSpec(red.Id) { Device = "eth0" }));
            Ping(one, blue.Ipv4!.Gateway!.ToString(), works: true);
            stack.Connect("one", new EndpointSpec(red.Id) { Device = "lan1" });
            Assert.Contains("lan1", NetworkLab.Shell("ip -br link", one.Namespace));
        });
}
