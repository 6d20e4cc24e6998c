using System.Net;
using System.Net.Sockets;
using Pier.Model;

namespace Pier.Network.Publishing;

/// <summary>Checks of what was asked for, before anything is made.</summary>
public static class PortMappingRules
{
    /// <summary>
    /// Throws <see cref="InvalidParameterException"/> for ports out of range, <see cref="UnsupportedException"/> for an address of a family
    /// that the container has not.
    /// </summary>
    public static void Check(PortMapping mapping, bool ipv4, bool ipv6)
    {
        if (mapping.ContainerPort is < 1 or > ushort.MaxValue)
            throw new InvalidParameterException($"invalid containerPort: {mapping.ContainerPort}");
        if (mapping.HostPort is < 0 or > ushort.MaxValue || mapping.HostPortEnd > ushort.MaxValue)
            throw new InvalidParameterException($"invalid hostPort: {mapping.HostPort}");
        if (mapping.HostPortEnd != 0 && mapping.HostPortEnd < mapping.HostPort)
            throw new InvalidParameterException($"invalid range format for hostPort: {mapping.HostPort}-{mapping.HostPortEnd}");
        if (!Enum.IsDefined(mapping.Protocol))
            throw new InvalidParameterException($"invalid proto: {mapping.Protocol}");
        if (mapping.HostAddress is not { } address)
            return;
        if (address.AddressFamily == AddressFamily.InterNetworkV6 ? !ipv6 : !ipv4)
            throw new UnsupportedException(
                $"publishing ports on the address {address} is not supported: the container's network has no IPv{(address.AddressFamily == AddressFamily.InterNetworkV6 ? 6 : 4)}"
            );
    }
}
