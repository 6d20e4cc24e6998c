using System.Net;
using System.Net.Sockets;
using Pier.Model;

namespace Pier.Network.Publishing;

/// <summary>Checks of what was asked for, before anything is made.</summary>
public static class PortMappingRules
{
    /// <summary>Throws <see cref="InvalidParameterException"/> for ports out of range, <see cref="UnsupportedException"/> for IPv6.</summary>
    public static void Check(PortMapping mapping, IPAddress address)
    {
        if (mapping.ContainerPort is < 1 or > ushort.MaxValue)
            throw new InvalidParameterException($"invalid containerPort: {mapping.ContainerPort}");
        if (mapping.HostPort is < 0 or > ushort.MaxValue || mapping.HostPortEnd > ushort.MaxValue)
            throw new InvalidParameterException($"invalid hostPort: {mapping.HostPort}");
        if (mapping.HostPortEnd != 0 && mapping.HostPortEnd < mapping.HostPort)
            throw new InvalidParameterException($"invalid range format for hostPort: {mapping.HostPort}-{mapping.HostPortEnd}");
        if (!Enum.IsDefined(mapping.Protocol))
            throw new InvalidParameterException($"invalid proto: {mapping.Protocol}");
        if (address.AddressFamily != AddressFamily.InterNetwork)
            throw new UnsupportedException($"publishing ports on the IPv6 address {address} is not supported: the bridge network is IPv4 only");
    }
}
