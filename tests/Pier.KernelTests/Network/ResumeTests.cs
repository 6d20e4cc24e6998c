using System.Net;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Namespaces;
using Pier.Model;
using Pier.Network;
using Pier.Network.Addressing;
using Pier.Network.Endpoints;
using Pier.Network.Publishing;

namespace Pier.KernelTests.Network;

/// <summary>A daemon that died between a change on the host and its record: the next one undoes the change, or completes it.</summary>
public class ResumeTests
{
    static readonly NetworkOptions Options = new()
    {
        BridgeName = "pt0",
        BridgeAddress = new InterfaceAddress(new IPAddress([10, 77, 0, 1]), 24),
        ReadyNamespaces = 1,
        Pools = [new SubnetPool(Subnet.Parse("10.80.0.0/14"), 24)],
    };

    static NetworkSpec Make(NetworkStack stack, string name) =>
        stack.Create(new NetworkSpec(Ids.New(), name, NetworkDriver.Bridge), ipv4: true, ipv6: false);

    /// <summary>
    /// One daemon's work on a container that begins in some networks, then the next daemon with the record of the beginning.
    /// </summary>
    static void Cut(
        NetworkLab lab,
        string[] begins,
        Action<NetworkStack, NetworkSpec> change,
        Action<NetworkStack, IReadOnlyList<SandboxRecord>, SafeFileHandle> check
    )
    {
        SandboxRecord before;
        SafeFileHandle inside;
        List<NetworkSpec> networks;
        using (var stack = NetworkStack.Open(Options))
        {
            // The first by name has the default route and the published ports.
            networks = [Make(stack, "alpha"), Make(stack, "omega")];
            var sandbox = stack.Attach(
                new SandboxSpec("one", new NetworkMode(NetworkModeKind.Network, "omega"))
                {
                    Endpoints = [.. networks.Where(n => begins.Contains(n.Name)).Select(n => new EndpointSpec(n.Id))],
                    Ports = [new PortMapping(TransportProtocol.Tcp, 80, HostPort: 8080)],
                }
            );
            (before, inside) = (sandbox.Record, NetworkNamespace.Duplicate(sandbox.Namespace!));
            lab.Serve(inside, IPAddress.Any, 80, "hello");
            change(stack, networks[0]);
        }

        using var next = NetworkStack.Open(Options);
        networks.ForEach(next.Restore);
        next.Adopt(before, NetworkNamespace.Duplicate(inside));
        check(next, next.Reconcile(), inside);
        Assert.Equal("hello", NetworkLab.Ask(lab.Handle, "198.51.100.1", 8080));
        Assert.Single(NetworkLab.Shell("nft -n list map inet pier-pt0 published_any").Split(','), e => e.Contains(" 8080 : "));
        next.Release("one");
        Assert.All(networks, n => Assert.True(next.Remove(n.Id)));
        next.Delete();
        inside.Dispose();
    }

    [SkippableFact]
    public void A_cut_connection_is_undone() =>
        NetworkLab.Run(lab =>
        {
            lab.MakeOutside();
            Cut(
                lab,
                ["omega"],
                (stack, alpha) => stack.Connect("one", new EndpointSpec(alpha.Id)),
                (next, changed, inside) =>
                {
                    Assert.Empty(changed);
                    Assert.DoesNotContain("eth1", NetworkLab.Shell("ip -br link", inside));
                    Assert.Contains("default via 10.80.1.1 dev eth0", NetworkLab.Shell("ip route", inside));
                }
            );
        });

    [SkippableFact]
    public void A_cut_disconnection_is_completed() =>
        NetworkLab.Run(lab =>
        {
            lab.MakeOutside();
            Cut(
                lab,
                ["alpha", "omega"],
                (stack, alpha) => stack.Disconnect("one", alpha.Id),
                (next, changed, inside) =>
                {
                    Assert.Equal("omega", Assert.Single(Assert.Single(changed).Endpoints).NetworkName);
                    Assert.Equal("omega", Assert.Single(next.Find("one")!.Record.Endpoints).NetworkName);
                    Assert.Contains("default via 10.80.1.1 dev eth1", NetworkLab.Shell("ip route", inside));
                }
            );
        });

    [SkippableFact]
    public void A_cut_disconnection_that_took_only_the_device_gets_its_default_route_back() =>
        NetworkLab.Run(lab =>
        {
            lab.MakeOutside();
            Cut(
                lab,
                ["alpha", "omega"],
                (stack, _) => NetworkLab.Shell("ip link del eth0", stack.Find("one")!.Namespace),
                (next, changed, inside) =>
                {
                    Assert.Single(changed);
                    Assert.Contains("default via 10.80.1.1 dev eth1", NetworkLab.Shell("ip route", inside));
                }
            );
        });
}
