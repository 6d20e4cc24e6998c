using System.Net;
using Microsoft.Win32.SafeHandles;
using Pier.Model;
using Pier.Network.Endpoints;

namespace Pier.Network;

/// <summary>
/// The networks of one daemon: its bridge, addresses, endpoints, firewall table. Thread-safe; every call is a handful of system calls
/// (about a millisecond), so that none is asynchronous. Failures are <see cref="EngineException"/>s in Docker's words.
/// </summary>
public sealed class NetworkService : IDisposable
{
    /// <summary>Makes or takes over the bridge and the firewall table. Call it on a thread of the network namespace that the daemon serves.</summary>
    public static NetworkService Open(NetworkOptions options) => throw new NotImplementedException();

    /// <summary>
    /// Attaches a container: makes its namespace (or finds the one it shares), its device, its addresses, its published ports.
    /// <see cref="ConflictException"/> when the container is attached already, an address or port is taken.
    /// </summary>
    public Endpoint Attach(EndpointSpec spec) => throw new NotImplementedException();

    /// <summary>
    /// After a restart of the daemon: takes over a running container's endpoint as it was stored. The namespace comes from its init
    /// process (<see cref="Linux.Namespaces.NetworkNamespace.OfProcess(SafeFileHandle, int)"/>); null in host mode.
    /// </summary>
    public Endpoint Adopt(EndpointRecord record, SafeFileHandle? namespaceHandle) => throw new NotImplementedException();

    /// <summary>After the last <see cref="Adopt"/>: removes devices and published ports that belong to no endpoint.</summary>
    public void Reconcile() => throw new NotImplementedException();

    /// <summary>Lets a container's endpoint go; false when it has none. Costs microseconds: the kernel takes the device apart on its own.</summary>
    public bool Release(string containerId) => throw new NotImplementedException();

    /// <summary>A container's endpoint, or null.</summary>
    public Endpoint? Find(string containerId) => throw new NotImplementedException();

    /// <summary>The default networks: bridge (unless switched off), host, none.</summary>
    public IReadOnlyList<NetworkDescription> List() => throw new NotImplementedException();

    /// <summary>A network by name, id or unique prefix of an id; throws <see cref="NotFoundException"/> "network X not found".</summary>
    public NetworkDescription Inspect(string nameOrId) => throw new NotImplementedException();

    /// <summary>What "host-gateway" in --add-host stands for, or null without a bridge.</summary>
    public IPAddress? HostGateway => throw new NotImplementedException();

    /// <summary>Removes the firewall table and the bridge device: for tests, and for a daemon that leaves nothing behind.</summary>
    public void Delete() => throw new NotImplementedException();

    /// <summary>Closes sockets and handles. Bridge, table and running containers' devices stay, for the next daemon.</summary>
    public void Dispose() => throw new NotImplementedException();
}
