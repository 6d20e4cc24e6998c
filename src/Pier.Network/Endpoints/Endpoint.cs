using Microsoft.Win32.SafeHandles;

namespace Pier.Network.Endpoints;

/// <summary>
/// Live: a container's attachment. The service owns it and its namespace handle until <see cref="NetworkService.Release"/>.
/// </summary>
public sealed class Endpoint
{
    internal Endpoint(EndpointRecord record, SafeFileHandle? namespaceHandle) => (Record, Namespace) = (record, namespaceHandle);

    /// <summary>What to store, and what inspect shows.</summary>
    public EndpointRecord Record { get; }

    /// <summary>The network namespace to start the container in; null in host mode.</summary>
    public SafeFileHandle? Namespace { get; }
}
