using System.Net;
using Microsoft.Win32.SafeHandles;
using Pier.Network;
using Pier.Network.Addressing;
using Pier.Network.Endpoints;
using Pier.Network.Publishing;

namespace Pier.KernelTests.Network;

/// <summary>Links between containers that are kept apart (--icc=false).</summary>
public class LinkTests
{
    static readonly NetworkOptions Options = new()
    {
        BridgeName = "pt0",
        BridgeAddress = new InterfaceAddress(new IPAddress([10, 77, 0, 1]), 24),
        ReadyNamespaces = 1,
        InterContainer = false,
    };

    static Sandbox Attach(NetworkStack stack, string id) =>
        stack.Attach(
            new SandboxSpec(id, NetworkMode.Bridge) { ContainerName = id, Endpoints = [new EndpointSpec(stack.DefaultNetwork!.Id)] }
        );

    static IPAddress AddressOf(Sandbox sandbox) => sandbox.Record.Endpoints[0].Address!.Value.Address;

    static LinkedPort Link(Sandbox from, Sandbox to, int port) => new(AddressOf(from), AddressOf(to), TransportProtocol.Tcp, port);

    static void Serve(NetworkLab lab, Sandbox server)
    {
        foreach (var port in (int[])[80, 81])
            lab.Serve(server.Namespace!, IPAddress.Any, port, "hello");
    }

    /// <summary>Asks again: a search for the neighbour that was in vain before may still be on, and refuse the first.</summary>
    static string Patiently(SafeFileHandle from, string address, int port)
    {
        for (var i = 0; ; i++)
            if (NetworkLab.Ask(from, address, port) is var answer && (answer.Length > 0 || i == 10))
                return answer;
    }

    // With br_netfilter the bridge's frames pass the firewall as well: both ways have to hold.
    [SkippableTheory, InlineData("1"), InlineData("0")]
    public void A_link_opens_one_port_in_one_direction_and_closes_with_either_end(string bridgeFilter) =>
        NetworkLab.Run(lab =>
        {
            const string Setting = "/proc/sys/net/bridge/bridge-nf-call-iptables";
            if (File.Exists(Setting))
                File.WriteAllText(Setting, bridgeFilter);
            using var stack = NetworkStack.Open(Options);
            var (web, db, other) = (Attach(stack, "web"), Attach(stack, "db"), Attach(stack, "other"));
            foreach (var server in (Sandbox[])[web, db, other])
                Serve(lab, server);
            Assert.Equal("", NetworkLab.Ask(web.Namespace!, "10.77.0.3", 80));

            stack.OpenLinks([Link(web, db, 80)]);
            Assert.Equal("hello", Patiently(web.Namespace!, "10.77.0.3", 80));
            Assert.Equal("", NetworkLab.Ask(web.Namespace!, "10.77.0.3", 81));
            Assert.Equal("", NetworkLab.Ask(db.Namespace!, "10.77.0.2", 80));
            Assert.Equal("", NetworkLab.Ask(other.Namespace!, "10.77.0.3", 80));
            Assert.Equal("", NetworkLab.Ask(web.Namespace!, "10.77.0.4", 80));

            // The address of the released one is given to another: the link must not lead there.
            stack.Release("db");
            Assert.Equal("0", File.ReadAllText("/proc/sys/net/ipv4/conf/pt0/proxy_arp_pvlan").Trim());
            Assert.DoesNotContain("10.77.0.3", NetworkLab.Shell("nft list set inet pier-pt0 links"));
            var next = stack.Attach(
                new SandboxSpec("next", NetworkMode.Bridge)
                {
                    Endpoints = [new EndpointSpec(stack.DefaultNetwork!.Id) { Address = IPAddress.Parse("10.77.0.3") }],
                }
            );
            Serve(lab, next);
            stack.OpenLinks([Link(web, other, 80)]);
            Assert.Equal("", NetworkLab.Ask(web.Namespace!, "10.77.0.3", 80));
            Assert.Equal("hello", Patiently(web.Namespace!, "10.77.0.4", 80));
            stack.Release("web");
            Assert.DoesNotContain("10.77.0", NetworkLab.Shell("nft list set inet pier-pt0 links"));
            stack.Delete();
        });

    [SkippableFact]
    public void Links_go_on_over_a_restart_of_the_daemon_and_those_of_the_dead_are_closed() =>
        NetworkLab.Run(lab =>
        {
            SandboxRecord web,
                db;
            using (var stack = NetworkStack.Open(Options))
            {
                var (one, two) = (Attach(stack, "web"), Attach(stack, "db"));
                stack.OpenLinks([Link(one, two, 80), Link(two, one, 81)]);
                (web, db) = (one.Record, two.Record);
            }

            using (var stack = NetworkStack.Open(Options))
            {
                stack.Adopt(web, null);
                stack.Adopt(db, null);
                stack.OpenLinks([new LinkedPort(IPAddress.Parse("10.77.0.2"), IPAddress.Parse("10.77.0.3"), TransportProtocol.Tcp, 80)]);
                stack.Reconcile();
                Assert.Equal("1", File.ReadAllText("/proc/sys/net/ipv4/conf/pt0/proxy_arp_pvlan").Trim());
                Assert.Contains("10.77.0.2 . 10.77.0.3 . tcp . 80 ", NetworkLab.Shell("nft list set inet pier-pt0 links"));
                Assert.DoesNotContain(". 81", NetworkLab.Shell("nft -n list set inet pier-pt0 links"));
            }

            using (var stack = NetworkStack.Open(Options))
            {
                stack.Reconcile();
                Assert.Equal("0", File.ReadAllText("/proc/sys/net/ipv4/conf/pt0/proxy_arp_pvlan").Trim());
                Assert.DoesNotContain("10.77.0", NetworkLab.Shell("nft list set inet pier-pt0 links"));
                stack.Delete();
            }
        });
}
