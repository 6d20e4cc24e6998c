using System.Net;
using System.Net.Sockets;
using Pier.Model;

namespace Pier.Build.Sources.Http;

/// <summary>
/// Where a build may fetch from. A Dockerfile of somebody else's must not read what only this machine can reach: never link-local
/// addresses and the other
/// places where clouds keep their secrets, and by a redirect of a public server no inner network. Checked on the address itself when
/// connecting, so that
/// no name can change its mind in between.
/// </summary>
sealed class RemoteAddressPolicy
{
    static readonly IPAddress[] MetadataServices =
    [
        IPAddress.Parse("100.100.100.200"),
        IPAddress.Parse("192.0.0.192"),
        IPAddress.Parse("fd00:ec2::254"),
    ];

    bool _startedOutside;

    /// <summary>Addresses of a host that may be connected to; throws <see cref="ForbiddenException"/> when there is none.</summary>
    /// <param name="host">A name or an address.</param>
    /// <param name="isRedirect">The user did not name it: a server did.</param>
    public async Task<IPAddress[]> ResolveAsync(string host, bool isRedirect, CancellationToken ct)
    {
        var literal = IPAddress.TryParse(host.Trim('[', ']'), out var address);
        var all = literal ? [address!] : await Dns.GetHostAddressesAsync(host, ct);
        var allowed = all.Where(a => !IsMetadata(a) && !(isRedirect && _startedOutside && IsInner(a))).ToArray();
        if (allowed.Length == 0)
            throw new ForbiddenException($"{host} is an address that builds may not fetch from");
        if (!isRedirect)
            _startedOutside = !allowed.Any(IsInner);
        return allowed;
    }

    static bool IsMetadata(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.IsIPv6LinkLocal
            || address.GetAddressBytes() is [169, 254, ..] && address.AddressFamily == AddressFamily.InterNetwork
            || MetadataServices.Contains(address);
    }

    static bool IsInner(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            return true;
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            return address.IsIPv6UniqueLocal || address.IsIPv6SiteLocal;
        return address.GetAddressBytes()
            is [0 or 10 or 127, ..]
                or [192, 168, ..]
                or [172, >= 16 and <= 31, ..]
                or [100, >= 64 and <= 127, ..];
    }
}
