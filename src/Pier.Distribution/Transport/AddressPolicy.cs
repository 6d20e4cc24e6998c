using System.Net;
using System.Net.Sockets;
using Pier.Model;

namespace Pier.Distribution.Transport;

/// <summary>How far an address reaches.</summary>
enum AddressReach
{
    LinkLocal,
    Loopback,
    Private,
    Public,
}

/// <summary>
/// A registry may send its clients elsewhere: to a token server, to a storage server. It must not send them to where it could not reach
/// itself: a public registry to public addresses only, one on a private network not to this machine, and nobody to link-local addresses,
/// where clouds keep their secrets. Checked when connecting, on the address itself, so that no name can change its mind in between.
/// </summary>
sealed class AddressPolicy
{
    volatile int _registry = -1;

    /// <summary>Remembers where the registry itself is: from now on that is the narrowest that it may send to.</summary>
    public void Learn(IPAddress address) => _registry = (int)ReachOf(address);

    /// <summary>Whether a place that the registry named may be connected to.</summary>
    public bool Allows(IPAddress address)
    {
        var reach = ReachOf(address);
        var registry = _registry;
        if (reach == AddressReach.LinkLocal)
            return registry == (int)AddressReach.LinkLocal;
        // The own machine's registry (a development set-up) may send anywhere else.
        return registry < 0 || (int)reach >= registry;
    }

    public static AddressReach ReachOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            return AddressReach.Loopback;
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            return address.IsIPv6LinkLocal ? AddressReach.LinkLocal
                : address.IsIPv6UniqueLocal || address.IsIPv6SiteLocal ? AddressReach.Private
                : AddressReach.Public;
        var b = address.GetAddressBytes();
        return b switch
        {
            [169, 254, ..] => AddressReach.LinkLocal,
            [0, ..] or [127, ..] => AddressReach.Loopback,
            [10, ..] or [192, 168, ..] or [172, >= 16 and <= 31, ..] or [100, >= 64 and <= 127, ..] => AddressReach.Private,
            _ => AddressReach.Public,
        };
    }

    /// <summary>Connects to the first allowed address of a name; throws <see cref="ForbiddenException"/> when none is.</summary>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint end, bool isRegistry, CancellationToken ct)
    {
        var addresses = IPAddress.TryParse(end.Host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(end.Host, ct);
        var allowed = isRegistry ? addresses : [.. addresses.Where(Allows)];
        if (allowed.Length == 0)
            throw new ForbiddenException($"the registry sent us to {end.Host}:{end.Port}, an address on an inner network: refused");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, end.Port, ct);
            if (isRegistry && socket.RemoteEndPoint is IPEndPoint { Address: var remote })
                Learn(remote);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
