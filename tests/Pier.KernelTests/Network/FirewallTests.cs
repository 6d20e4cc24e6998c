using System.Net;
using Microsoft.Win32.SafeHandles;
using Pier.Model;
using Pier.Network;
using Pier.Network.Addressing;
using Pier.Network.Endpoints;
using Pier.Network.Publishing;

namespace Pier.KernelTests.Network;

/// <summary>
/// NAT, published ports and what must stay closed, each in a private namespace that plays the host with a neighbour outside.
/// </summary>
public class FirewallTests
{
    static readonly NetworkOptions Options = new()
    {
        BridgeName = "pt0",
        BridgeAddress = new InterfaceAddress(new IPAddress([10, 77, 0, 1]), 24),
        ReadyNamespaces = 1,
    };

    const string Outside = "198.51.100.2",
        Host = "198.51.100.1";

    static SandboxSpec Spec(NetworkStack stack, string id, params PortMapping[] ports) =>
        new(id, NetworkMode.Bridge)
        {
            ContainerName = id,
            Ports = ports,
            Endpoints = [new EndpointSpec(stack.DefaultNetwork!.Id)],
        };

    [SkippableFact]
    public void A_container_leaves_with_the_hosts_address_and_is_not_reached_from_outside() =>
        NetworkLab.Run(lab =>
        {
            var outside = lab.MakeOutside();
            using var service = NetworkStack.Open(Options);
            var one = service.Attach(Spec(service, "one"));
            // The neighbour has no route to 10.77.0.0/24: an answer comes only to a masqueraded request.
            NetworkLab.Shell($"busybox ping -c1 -W2 {Outside}", one.Namespace);
            NetworkLab.Shell($"ip route add 10.77.0.0/24 via {Host}", outside);
            NetworkLab.Shell("busybox ping -c1 -W1 10.77.0.2", outside, exit: 1);
            Assert.Equal("1", File.ReadAllText("/proc/sys/net/ipv4/ip_forward").Trim());
        });

    [SkippableFact]
    public void A_published_port_is_reached_from_everywhere_and_closed_on_release() =>
        NetworkLab.Run(lab =>
        {
            var outside = lab.MakeOutside();
            using var service = NetworkStack.Open(Options);
            var server = service.Attach(Spec(service, "server", new PortMapping(TransportProtocol.Tcp, 80, HostPort: 8080)));
            var other = service.Attach(Spec(service, "other"));
            lab.Serve(server.Namespace!, IPAddress.Any, 80, "hello");

            Assert.Equal("hello", NetworkLab.Ask(outside, Host, 8080));
            Assert.Equal("hello", NetworkLab.Ask(lab.Handle, Host, 8080));
            Assert.Equal("hello", NetworkLab.Ask(lab.Handle, "127.0.0.1", 8080));
            Assert.Equal("hello", NetworkLab.Ask(other.Namespace!, "10.77.0.1", 8080));
            Assert.Equal("hello", NetworkLab.Ask(other.Namespace!, Host, 8080));
            Assert.Equal("hello", NetworkLab.Ask(server.Namespace!, Host, 8080));
            Assert.Equal("hello", NetworkLab.Ask(other.Namespace!, "10.77.0.2", 80));

            service.Release("server");
            Assert.Equal("", NetworkLab.Ask(outside, Host, 8080));
            Assert.DoesNotContain("8080", NetworkLab.Shell("nft list ruleset"));
        });

    [SkippableFact]
    public void A_port_published_on_loopback_is_reached_from_the_host_alone() =>
        NetworkLab.Run(lab =>
        {
            var outside = lab.MakeOutside();
            using var service = NetworkStack.Open(Options);
            var server = service.Attach(Spec(service, "server", new PortMapping(TransportProtocol.Tcp, 80, IPAddress.Loopback, 8080)));
            lab.Serve(server.Namespace!, IPAddress.Any, 80, "hello");
            Assert.Equal("hello", NetworkLab.Ask(lab.Handle, "127.0.0.1", 8080));
            Assert.Equal("", NetworkLab.Ask(outside, Host, 8080));

            // A neighbour that routes 127.0.0.1 to us (CVE-2020-8558 and the like), even when the device would route it.
            NetworkLab.Shell(
                "ip addr del 127.0.0.1/8 dev lo; ip route flush table local; ip route add 127.0.0.1/32 via 198.51.100.1; ip route add local 198.51.100.2 dev eth0 table local; echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet",
                outside
            );
            File.WriteAllText("/proc/sys/net/ipv4/conf/outside/route_localnet", "1");
            Assert.Equal("", NetworkLab.Ask(outside, "127.0.0.1", 8080));
        });

    [SkippableFact]
    public void A_container_does_not_reach_the_hosts_loopback() =>
        NetworkLab.Run(lab =>
        {
            using var service = NetworkStack.Open(Options);
            var one = service.Attach(Spec(service, "one"));
            lab.Serve(lab.Handle, IPAddress.Loopback, 9999, "secret");
            Assert.Equal("secret", NetworkLab.Ask(lab.Handle, "127.0.0.1", 9999));
            NetworkLab.Shell(
                "echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet; ip addr del 127.0.0.1/8 dev lo; ip route add 127.0.0.1/32 via 10.77.0.1",
                one.Namespace
            );
            Assert.Equal("", NetworkLab.Ask(one.Namespace!, "127.0.0.1", 9999));
        });

    [SkippableFact]
    public void A_port_is_given_once_and_random_ports_are_free_ones() =>
        NetworkLab.Run(lab =>
        {
            using var service = NetworkStack.Open(Options);
            service.Attach(Spec(service, "one", new PortMapping(TransportProtocol.Tcp, 80, HostPort: 8080)));
            var taken = Assert.Throws<HostFailureException>(() =>
                service.Attach(Spec(service, "two", new PortMapping(TransportProtocol.Tcp, 80, IPAddress.Loopback, 8080)))
            );
            Assert.StartsWith("driver failed programming external connectivity on endpoint two (", taken.Message);
            Assert.EndsWith("): Bind for 127.0.0.1:8080 failed: port is already allocated", taken.Message);

            lab.Serve(lab.Handle, IPAddress.Any, 7000, "mine");
            var bound = Assert.Throws<HostFailureException>(() =>
                service.Attach(Spec(service, "two", new PortMapping(TransportProtocol.Tcp, 80, HostPort: 7000)))
            );
            Assert.EndsWith(
                $"failed to bind host port 0.0.0.0:7000: address already in use by {File.ReadAllText("/proc/self/comm").Trim()} (process {Environment.ProcessId})",
                bound.Message
            );

            var two = service.Attach(
                Spec(
                    service,
                    "two",
                    new PortMapping(TransportProtocol.Tcp, 80),
                    new PortMapping(TransportProtocol.Udp, 53),
                    new PortMapping(TransportProtocol.Tcp, 81, HostPort: 7000, HostPortEnd: 7002)
                )
            );
            Assert.All(two.Record.Ports, p => Assert.InRange(p.HostPort, 1024, 65535));
            Assert.Equal(7001, two.Record.Ports[2].HostPort);
            Assert.Equal("10.77.0.5/24", two.Record.Endpoints[0].Address.ToString());
            // The host's processes are told that the port is taken.
            Assert.Contains("in use", NetworkLab.Shell("busybox nc -l -p 8080 -e true", exit: 1));
        });

    [SkippableFact]
    public void The_table_reads_as_written() =>
        NetworkLab.Run(_ =>
        {
            using var service = NetworkStack.Open(Options);
            service.Attach(
                Spec(
                    service,
                    "one",
                    new PortMapping(TransportProtocol.Tcp, 80, HostPort: 8080),
                    new PortMapping(TransportProtocol.Udp, 53, new IPAddress([127, 0, 0, 1]), 5353)
                )
            );
            Golden.Check("network/table.nft", NetworkLab.Shell("nft list ruleset"));
        });

    [SkippableFact]
    public void Opening_again_keeps_published_ports_and_reconciling_removes_those_of_no_one() =>
        NetworkLab.Run(lab =>
        {
            lab.MakeOutside();
            NetworkLab.Shell(
                "nft add table ip theirs; nft add chain ip theirs mine '{ type filter hook forward priority 0; policy accept; }'; nft add rule ip theirs mine counter"
            );
            SandboxRecord kept;
            SafeFileHandle keptNamespace,
                lostNamespace;
            using (var first = NetworkStack.Open(Options))
            {
                var one = first.Attach(Spec(first, "kept", new PortMapping(TransportProtocol.Tcp, 80, HostPort: 8080)));
                var two = first.Attach(Spec(first, "lost", new PortMapping(TransportProtocol.Tcp, 80, HostPort: 8081)));
                kept = one.Record;
                keptNamespace = Pier.Linux.Namespaces.NetworkNamespace.Duplicate(one.Namespace!);
                lostNamespace = Pier.Linux.Namespaces.NetworkNamespace.Duplicate(two.Namespace!);
            }

            using var second = NetworkStack.Open(Options);
            Assert.Contains("tcp . 8080 : 10.77.0.2 . 80", NetworkLab.Shell("nft list ruleset"));
            second.Adopt(kept, keptNamespace);
            second.Reconcile();

            var rules = NetworkLab.Shell("nft list ruleset");
            Assert.Contains("tcp . 8080 : 10.77.0.2 . 80", rules);
            Assert.DoesNotContain("8081", rules);
            Assert.Contains("table ip theirs", rules);
            Assert.Equal(1, rules.Split("chain forward").Length - 1);
            Assert.Single(NetworkLab.Shell("ip -br link show type veth master pt0").Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.Throws<ConflictException>(() =>
                second.Attach(
                    Spec(second, "new") with
                    {
                        Endpoints = [new EndpointSpec(second.DefaultNetwork!.Id) { Address = new IPAddress([10, 77, 0, 2]) }],
                    }
                )
            );
            Assert.Throws<HostFailureException>(() =>
                second.Attach(Spec(second, "new", new PortMapping(TransportProtocol.Tcp, 80, HostPort: 8080)))
            );
            Assert.Equal("10.77.0.4/24", second.Attach(Spec(second, "new")).Record.Endpoints[0].Address.ToString());
            lab.Serve(keptNamespace, IPAddress.Any, 80, "hello");
            Assert.Equal("hello", NetworkLab.Ask(lab.Handle, Host, 8080));

            second.Delete();
            Assert.DoesNotContain("pier", NetworkLab.Shell("nft list ruleset"));
            Assert.DoesNotContain("pt0", NetworkLab.Shell("ip -br link"));
            lostNamespace.Dispose();
        });

    [SkippableFact]
    public void A_flushed_table_is_written_again_at_once() =>
        NetworkLab.Run(lab =>
        {
            using var service = NetworkStack.Open(Options);
            service.Attach(Spec(service, "one", new PortMapping(TransportProtocol.Tcp, 80, HostPort: 8080)));
            var before = NetworkLab.Shell("nft list table inet pier-pt0");
            // As a reload of the host's firewall does it: everything goes, the host's own comes, in one transaction or in two.
            foreach (var reload in (string[])["nft flush ruleset", "printf 'flush ruleset\nadd table inet mine\n' | nft -f -"])
            {
                NetworkLab.Shell(reload);
                // The host's order of tables is that of their making.
                string Now() => NetworkLab.Shell("nft list table inet pier-pt0 2>&1; true");
                for (var i = 0; i < 200 && Now() != before; i++)
                    Thread.Sleep(20);
                Assert.Equal(before, Now());
            }

            service.Attach(Spec(service, "two"));
            Assert.Contains("table inet mine", NetworkLab.Shell("nft list ruleset"));
            service.Delete();
            Thread.Sleep(100);
            Assert.Equal("", NetworkLab.Shell("nft delete table inet mine; nft list ruleset"));
        });
}
