using System.Buffers.Binary;
using System.Net;
using Pier.Linux.Netlink;
using Pier.Linux.Nftables;
using Pier.Network.Firewall;

namespace Pier.Network.Publishing;

/// <summary>Tells, from what the kernel holds, what becomes of packets to a host port (`pier debug network PORT`).</summary>
public static class PortExplanation
{
    const string TablePrefix = "pier-";

    /// <summary>Lines of text. Reads the calling thread's network namespace; changes nothing.</summary>
    public static IReadOnlyList<string> Explain(int port) =>
        HostErrors.Translate(
            "failed to read the firewall",
            () =>
            {
                using var socket = NetlinkSocket.Open(NetlinkProtocol.Netfilter);
                var chains = socket.ListBaseChains();
                List<string> lines = [];
                foreach (var table in chains.Where(IsOurs).Select(c => c.Table).Distinct().Order(StringComparer.Ordinal))
                    lines.AddRange(Published(socket, table, port));
                if (lines.Count == 0)
                    lines.Add($"No container has published port {port}: packets to it go to the host's own processes.");
                else
                    lines.AddRange(Path());
                lines.AddRange(Holders(port));
                lines.AddRange(Strangers(chains));
                return lines;
            }
        );

    static IEnumerable<string> Published(NetlinkSocket socket, string table, int port)
    {
        foreach (var map in (NftMap[])[FirewallSets.ByAddress, FirewallSets.AnyAddress, FirewallSets.ByAddress6, FirewallSets.AnyAddress6])
        {
            foreach (var element in socket.ListElements(table, map))
            {
                if (BinaryPrimitives.ReadUInt16BigEndian(element.Key.AsSpan(element.Key.Length - 4)) != port)
                    continue;
                var size = map.Value[0].Length;
                var target = new IPEndPoint(
                    new IPAddress(element.Value.AsSpan(0, size)),
                    BinaryPrimitives.ReadUInt16BigEndian(element.Value.AsSpan(size))
                );
                var host =
                    map.Key.Length == 3 ? new IPAddress(element.Key.AsSpan(4, size))
                    : size == 4 ? IPAddress.Any
                    : IPAddress.IPv6Any;
                yield return $"{((TransportProtocol)element.Key[0]).ToString().ToLowerInvariant()} {new IPEndPoint(host, port)} goes to {target} (table inet {table}, map {map.Name})";
            }
        }
    }

    static IEnumerable<string> Path() =>
        [
            "  on the way in: chain prerouting (from outside and from containers) or output (from the host) rewrites the destination",
            "  through: chain forward accepts it, since its destination was rewritten, unless either network is internal",
            "  from the host to ::1, and by IPv6 to a container without it: the relay (pier relay) takes the connection and makes another",
            "  on the way out: chain postrouting gives requests of containers and of 127.0.0.1 the bridge's address",
        ];

    static IEnumerable<string> Holders(int port)
    {
        foreach (var protocol in (TransportProtocol[])[TransportProtocol.Tcp, TransportProtocol.Udp])
            if (PortHolder.Find(new PublishedPort(protocol, 0, IPAddress.Any, port)) is { } holder)
                yield return $"{protocol.ToString().ToLowerInvariant()} {port} is held on the host by {holder}";
    }

    /// <summary>A packet that any of these drops stays dropped, whatever Pier's table says.</summary>
    static IEnumerable<string> Strangers(IEnumerable<NftChain> chains)
    {
        foreach (
            var chain in chains.Where(c =>
                !IsOurs(c) && c.Hook is NftHook.Prerouting or NftHook.Forward or NftHook.Postrouting && c.Family is "ip" or "ip6" or "inet"
            )
        )
            yield return $"not Pier's: {chain.Family} table {chain.Table}, chain {chain.Name} (hook {chain.Hook.ToString().ToLowerInvariant()}, priority {chain.Priority}{(chain.Drops ? ", policy drop" : "")})";
    }

    static bool IsOurs(NftChain chain) => chain.Family == "inet" && chain.Table.StartsWith(TablePrefix, StringComparison.Ordinal);
}
