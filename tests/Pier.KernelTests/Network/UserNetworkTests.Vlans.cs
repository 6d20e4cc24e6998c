using System.Net;
using Pier.Model;
using Pier.Network;
using Pier.Network.Addressing;
using Pier.Network.Endpoints;

namespace Pier.KernelTests.Network;

/// <summary>Networks without a bridge: devices on the host's own.</summary>
public partial class UserNetworkTests
{
    [SkippableFact]
    public void A_macvlan_container_is_a_neighbour_in_the_hosts_network() =>
        NetworkLab.Run(lab =>
        {
            var outside = lab.MakeOutside();
            using var stack = NetworkStack.Open(Options);
            NetworkSpec Vlan(NetworkSpec n) =>
                n with
                {
                    Driver = NetworkDriver.Macvlan,
                    Parent = "outside",
                    Ipv4 = new AddressRange(Subnet.Parse("198.51.100.0/24"), IPAddress.Parse("198.51.100.2")),
                };
            var network = Make(stack, "lan", Vlan);
            var one = stack.Attach(
                In("one", network) with
                {
                    Endpoints = [new EndpointSpec(network.Id) { Address = IPAddress.Parse("198.51.100.50") }],
                }
            );
            Ping(one, "198.51.100.2", works: true);
            Assert.Contains("default via 198.51.100.2 dev eth0", NetworkLab.Shell("ip route", one.Namespace));
            Assert.Null(one.Record.Endpoints[0].HostDevice);
            stack.Release("one");

            // Without a parent: among themselves.
            var closed = Make(stack, "closed", n => n with { Driver = NetworkDriver.Macvlan, Internal = true });
            var (two, three) = (stack.Attach(In("two", closed)), stack.Attach(In("three", closed)));
            Ping(two, V4(three), works: true);
            stack.Release("two");
            stack.Release("three");
            Assert.True(stack.Remove(closed.Id) && stack.Remove(network.Id));
            Assert.DoesNotContain("dm-", NetworkLab.Shell("ip -br link"));
            Assert.Throws<InvalidParameterException>(() => Make(stack, "bad", n => Vlan(n) with { Parent = "nosuch0" }));
            Assert.Throws<InvalidParameterException>(() => Make(stack, "bad", n => Vlan(n) with { ParentMode = "strange" }));
        });

    [SkippableFact]
    public void Ipvlan_is_there_or_refused_clearly() =>
        NetworkLab.Run(lab =>
        {
            lab.MakeOutside();
            using var stack = NetworkStack.Open(Options);
            NetworkSpec Shared(NetworkSpec n) =>
                n with
                {
                    Driver = NetworkDriver.Ipvlan,
                    Parent = "outside",
                    Ipv4 = new AddressRange(Subnet.Parse("198.51.100.0/24"), IPAddress.Parse("198.51.100.2")),
                };
            var has = NetworkLab
                .Shell("ip link add probe link outside type ipvlan 2>&1 && ip link del probe && echo yes || true")
                .Contains("yes");
            if (!has)
            {
                Assert.Contains(
                    "needs a kernel with ipvlan devices",
                    Assert.Throws<UnsupportedException>(() => Make(stack, "lan", Shared)).Message
                );
                return;
            }

            var network = Make(stack, "lan", Shared);
            var one = stack.Attach(
                In("one", network) with
                {
                    Endpoints = [new EndpointSpec(network.Id) { Address = IPAddress.Parse("198.51.100.60") }],
                }
            );
            Ping(one, "198.51.100.2", works: true);
        });
}
