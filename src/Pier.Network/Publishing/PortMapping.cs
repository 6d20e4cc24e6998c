using System.Net;

namespace Pier.Network.Publishing;

/// <summary>Transport protocols that ports can be published for, by their IP protocol numbers.</summary>
public enum TransportProtocol : byte
{
    Tcp = 6,
    Udp = 17,
    Sctp = 132,
}

/// <summary>
/// Asked: a container's port reachable through the host. <see cref="HostPort"/> 0 asks for any free port; with
/// <see cref="HostPortEnd"/> above it, for the first free one of that range. A null <see cref="HostAddress"/> means the daemon's default.
/// </summary>
public sealed record PortMapping(
    TransportProtocol Protocol,
    int ContainerPort,
    IPAddress? HostAddress = null,
    int HostPort = 0,
    int HostPortEnd = 0
);

/// <summary>Done: a host address and port whose traffic goes to a container's port.</summary>
public sealed record PublishedPort(TransportProtocol Protocol, int ContainerPort, IPAddress HostAddress, int HostPort);
