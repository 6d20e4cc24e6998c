using System.Net;
using Pier.Linux.Netlink;
using Pier.Model;
using Pier.Network;
using Pier.Network.Addressing;
using Pier.Network.Endpoints;

namespace Pier.KernelTests.Network;

/// <summary>What a daemon's start among many networks and containers rests on.</summary>
public class RestoreTests
{
    [SkippableFact]
    public void The_addresses_of_one_device_are_told_without_those_of_others() =>
        NetworkLab.Run(_ =>
        {
            NetworkLab.Shell(
                "ip link add one type bridge; ip link add two type bridge; ip addr add 10.1.0.1/24 dev one; ip addr add 10.2.0.1/24 dev two; ip addr add fd00::1/64 dev one nodad"
            );
            using var socket = NetlinkSocket.Open(NetlinkProtocol.Route);
            var one = socket.FindLink("one")!;
            Assert.Equal(["10.1.0.1", "fd00::1"], socket.ListAddresses(one.Index).Select(a => a.Address.ToString()).Order());
            // The filter ends with its question.
            Assert.Contains(socket.ListAddresses(), a => a.Address.Equals(IPAddress.Parse("10.2.0.1")));
            Assert.Null(socket.FindLink("three"));
        });

    [SkippableFact]
    public void A_container_that_is_taken_over_resolves_names_at_once_and_no_socket_stays_open() =>
        NetworkLab.Run(_ =>
        {
            var options = new NetworkOptions { BridgeName = "pt0", ReadyNamespaces = 1 };
            SandboxRecord record;
            Microsoft.Win32.SafeHandles.SafeFileHandle inside;
            NetworkSpec network;
            using (var stack = NetworkStack.Open(options))
            {
                network = stack.Create(new NetworkSpec(Ids.New(), "names", NetworkDriver.Bridge), ipv4: true, ipv6: false);
                var sandbox = stack.Attach(
                    new SandboxSpec("one", new NetworkMode(NetworkModeKind.Network, "names"))
                    {
                        Endpoints = [new EndpointSpec(network.Id) { Names = ["web"] }],
                    }
                );
                (record, inside) = (sandbox.Record, Pier.Linux.Namespaces.NetworkNamespace.Duplicate(sandbox.Namespace!));
            }

            using (inside)
            using (var next = NetworkStack.Open(options))
            {
                next.Restore(network);
                next.Adopt(record, Pier.Linux.Namespaces.NetworkNamespace.Duplicate(inside));
                Assert.Contains(
                    record.Endpoints[0].Address!.Value.Address.ToString(),
                    NetworkLab.Shell("busybox nslookup web 127.0.0.11", inside)
                );
                next.Delete();
            }
        });
}
