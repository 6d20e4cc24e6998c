using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Namespaces;
using Pier.Model;
using Pier.Network.Bridges;
using Pier.Network.Endpoints;

namespace Pier.Network;

/// <summary>
/// The networks of one daemon: its bridge, addresses, endpoints, firewall table. Thread-safe; every call is a handful of system calls
/// (about a millisecond), so that none is asynchronous. Failures are <see cref="EngineException"/>s in Docker's words.
/// </summary>
public sealed class NetworkService : IDisposable
{
    const string NoBridge = "none";

    readonly Lock _gate = new();
    readonly Dictionary<string, Endpoint> _endpoints = [];
    readonly HashSet<string> _coming = [];
    readonly NetworkOptions _options;
    readonly DateTimeOffset _opened = DateTimeOffset.UtcNow;
    readonly NamespaceWorker _worker;
    readonly ReadyNamespaces _ready;
    readonly BridgeNetwork? _bridge;

    NetworkService(NetworkOptions options)
    {
        _options = options;
        _worker = new NamespaceWorker();
        _ready = new ReadyNamespaces(_worker, options.ReadyNamespaces);
        try
        {
            if (options.BridgeName != NoBridge) _bridge = new BridgeNetwork(options, Id("bridge"), _worker);
        }
        catch
        {
            _worker.Dispose();
            throw;
        }

        _ready.Fill();
    }

    /// <summary>Makes or takes over the bridge and the firewall table. Call it on a thread of the network namespace that the daemon serves.</summary>
    public static NetworkService Open(NetworkOptions options) =>
        HostErrors.Translate("error initializing network controller", () => new NetworkService(options));

    /// <summary>What "host-gateway" in --add-host stands for, or null without a bridge.</summary>
    public IPAddress? HostGateway => _options.HostGateway ?? _bridge?.Address.Address;

    /// <summary>
    /// Attaches a container: makes its namespace (or finds the one it shares), its device, its addresses, its published ports. In
    /// container mode <see cref="NetworkMode.Container"/> is the other's full id.
    /// </summary>
    /// <exception cref="ConflictException">The container is attached already, an address is taken, or the container to join does not run.</exception>
    /// <exception cref="UnavailableException">The subnet is exhausted.</exception>
    /// <exception cref="HostFailureException">A port is taken, or the kernel refused.</exception>
    public Endpoint Attach(EndpointSpec spec) =>
        HostErrors.Translate("failed to set up container networking", () => spec.Mode.Kind switch
        {
            NetworkModeKind.Host => Register(() => new Endpoint(HostRecord(spec), null), spec.ContainerId),
            NetworkModeKind.Container => Register(() => Join(spec), spec.ContainerId),
            _ => AttachNew(spec),
        });

    /// <summary>
    /// After a restart of the daemon: takes over a running container's endpoint as it was stored, and its namespace handle, which comes
    /// from its init process (<see cref="NetworkNamespace.OfProcess(SafeFileHandle, int)"/>); null in host mode.
    /// </summary>
    /// <exception cref="ConflictException">The container is attached already or its address is another's.</exception>
    public Endpoint Adopt(EndpointRecord record, SafeFileHandle? namespaceHandle) =>
        HostErrors.Translate("failed to restore container networking", () => Register(() =>
        {
            if (record.Mode.Kind == NetworkModeKind.Bridge) _bridge?.Adopt(record);
            return new Endpoint(record, namespaceHandle);
        }, record.ContainerId));

    /// <summary>After the last <see cref="Adopt"/>: removes devices and published ports that belong to no endpoint.</summary>
    public void Reconcile() => HostErrors.Translate("failed to clean up networking", () =>
    {
        List<EndpointRecord> live;
        lock (_gate) live = [.. _endpoints.Values.Select(e => e.Record)];
        _bridge?.Reconcile(live);
    });

    /// <summary>
    /// Lets a container's endpoint go; false when it has none. Costs microseconds: the kernel takes the device apart on its own, unless
    /// other containers share the namespace (then the device is deleted here, as Docker does).
    /// </summary>
    public bool Release(string containerId) => HostErrors.Translate("failed to release container networking", () =>
    {
        Endpoint? endpoint;
        bool shared;
        lock (_gate)
        {
            if (!_endpoints.Remove(containerId, out endpoint)) return false;
            endpoint.Namespace?.Dispose();
            shared = _endpoints.Values.Any(e => e.Record.SharedWith == containerId);
        }

        if (endpoint.Record.Mode.Kind == NetworkModeKind.Bridge) _bridge?.Release(endpoint.Record, shared);
        return true;
    });

    /// <summary>A container's endpoint, or null.</summary>
    public Endpoint? Find(string containerId)
    {
        lock (_gate) return _endpoints.GetValueOrDefault(containerId);
    }

    /// <summary>The default networks: bridge (unless switched off), host, none.</summary>
    public IReadOnlyList<NetworkDescription> List()
    {
        List<NetworkDescription> networks = [];
        if (_bridge is not null)
        {
            networks.Add(new NetworkDescription(
                Id("bridge"), "bridge", "bridge", _opened, _bridge.Address.Subnet, _bridge.Address.Address, _bridge.DescribeOptions(), Of(NetworkModeKind.Bridge)));
        }

        networks.Add(new NetworkDescription(Id("host"), "host", "host", _opened, null, null, new Dictionary<string, string>(), Of(NetworkModeKind.Host)));
        networks.Add(new NetworkDescription(Id("none"), "none", "null", _opened, null, null, new Dictionary<string, string>(), Of(NetworkModeKind.None)));
        return networks;
    }

    /// <summary>A network by name, id or unique prefix of an id; throws <see cref="NotFoundException"/> "network X not found".</summary>
    public NetworkDescription Inspect(string nameOrId)
    {
        var networks = List();
        if (networks.FirstOrDefault(n => n.Name == nameOrId || n.Id == nameOrId) is { } exact) return exact;
        var byPrefix = nameOrId.Length == 0 ? [] : networks.Where(n => n.Id.StartsWith(nameOrId, StringComparison.Ordinal)).ToList();
        return byPrefix.Count switch
        {
            1 => byPrefix[0],
            0 => throw new NotFoundException($"network {nameOrId} not found"),
            _ => throw new InvalidParameterException($"network {nameOrId} is ambiguous ({byPrefix.Count} matches found on ID prefix)"),
        };
    }

    /// <summary>Removes the firewall table and the bridge device with all its ports: for tests, and for a daemon that leaves nothing behind.</summary>
    public void Delete() => HostErrors.Translate("failed to delete network bridge", () => _bridge?.Delete());

    /// <summary>Closes sockets and handles. Bridge, table and running containers' devices stay, for the next daemon.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var endpoint in _endpoints.Values) endpoint.Namespace?.Dispose();
            _endpoints.Clear();
        }

        _bridge?.Dispose();
        _ready.Dispose();
        _worker.Dispose();
        _ready.Dispose();
    }

    Endpoint AttachNew(EndpointSpec spec)
    {
        if (spec.Mode.Kind == NetworkModeKind.Bridge && _bridge is null) throw new NotFoundException("network bridge not found");
        var target = spec.Namespace is { } given ? _worker.Run(() => _worker.Prepare(NetworkNamespace.Duplicate(given))) : _ready.Take();
        try
        {
            return Register(() => new Endpoint(spec.Mode.Kind == NetworkModeKind.Bridge ? _bridge!.Attach(spec, target) : NoneRecord(spec), target.Handle), spec.ContainerId);
        }
        catch
        {
            target.Handle.Dispose();
            throw;
        }
        finally
        {
            target.Inside.Dispose();
        }
    }

    Endpoint Join(EndpointSpec spec)
    {
        lock (_gate)
        {
            if (spec.Mode.Container is not { } other || !_endpoints.TryGetValue(other, out var joined))
                throw new ConflictException($"cannot join network of a non running container: {spec.Mode.Container}");
            // Joining one that has joined another is joining that other.
            var record = new EndpointRecord(spec.ContainerId, spec.Mode) { SandboxId = joined.Record.SandboxId, SharedWith = joined.Record.SharedWith ?? other };
            return new Endpoint(record, joined.Namespace is { } handle ? NetworkNamespace.Duplicate(handle) : null);
        }
    }

    /// <summary>Claims the container's place, makes the endpoint without the gate (an end never waits for a start), and puts it there.</summary>
    Endpoint Register(Func<Endpoint> make, string containerId)
    {
        lock (_gate)
        {
            if (_endpoints.ContainsKey(containerId) || !_coming.Add(containerId))
                throw new ConflictException($"endpoint for container {containerId} already exists in network");
        }

        Endpoint? made = null;
        try
        {
            return made = make();
        }
        finally
        {
            lock (_gate)
            {
                _coming.Remove(containerId);
                if (made is not null) _endpoints[containerId] = made;
            }
        }
    }

    EndpointRecord HostRecord(EndpointSpec spec) =>
        new(spec.ContainerId, spec.Mode) { EndpointId = Ids.New(), NetworkId = Id("host"), SandboxId = Id("sandbox of host") };

    EndpointRecord NoneRecord(EndpointSpec spec) =>
        new(spec.ContainerId, spec.Mode) { EndpointId = Ids.New(), NetworkId = Id("none"), SandboxId = Ids.New() };

    List<EndpointRecord> Of(NetworkModeKind kind)
    {
        lock (_gate) return [.. _endpoints.Values.Select(e => e.Record).Where(r => r.Mode.Kind == kind)];
    }

    string Id(string network) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{_options.IdSeed}/{_options.BridgeName}/{network}")));
}
