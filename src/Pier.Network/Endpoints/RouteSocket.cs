using Pier.Linux;
using Pier.Linux.Netlink;

namespace Pier.Network.Endpoints;

/// <summary>The daemon's rtnetlink socket, one user at a time.</summary>
sealed class RouteSocket : IDisposable
{
    readonly Lock _gate = new();
    readonly NetlinkSocket _socket = NetlinkSocket.Open(NetlinkProtocol.Route);

    public T Use<T>(Func<NetlinkSocket, T> work)
    {
        lock (_gate)
            return work(_socket);
    }

    /// <summary>Names of the host's ends of veth pairs begin so.</summary>
    public const string HostEndPrefix = "veth";

    /// <summary>Host ends that are ports of bridges (by their indexes) now.</summary>
    public List<string> ListHostEnds(IReadOnlyCollection<int> bridges) =>
        [
            .. Use(socket => socket.ListLinks())
                .Where(l =>
                    l.Master != 0
                    && bridges.Contains(l.Master)
                    && l.Kind == "veth"
                    && l.Name.StartsWith(HostEndPrefix, StringComparison.Ordinal)
                )
                .Select(l => l.Name),
        ];

    /// <summary>Deletes devices by name (10 to 30 ms each); those that are gone are ignored.</summary>
    public void DeleteLinks(IEnumerable<string> names)
    {
        foreach (var name in names)
            if (Use(socket => socket.TryExecute(new NetlinkWriter().DeleteLink(name))) is { Errno: not Errno.ENODEV } failure)
                throw failure;
    }

    public void Dispose()
    {
        lock (_gate)
            _socket.Dispose();
    }
}
