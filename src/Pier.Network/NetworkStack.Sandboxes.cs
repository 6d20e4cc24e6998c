using System.Net;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Namespaces;
using Pier.Model;
using Pier.Network.Dns;
using Pier.Network.Endpoints;

namespace Pier.Network;

public sealed partial class NetworkStack
{
    readonly Lock _gate = new();
    readonly Dictionary<string, Sandbox> _sandboxes = [];
    readonly HashSet<string> _coming = [];

    /// <summary>
    /// Attaches a container: makes its namespace (or finds the one it shares), its devices, its addresses, its published ports. In
    /// container mode <see cref="NetworkMode.Container"/> is the other's full id.
    /// </summary>
    /// <exception cref="ConflictException">The container is attached already, an address is taken, or the container to join does not
    /// run.</exception>
    /// <exception cref="UnavailableException">A subnet is exhausted.</exception>
    /// <exception cref="HostFailureException">A port is taken, or the kernel refused.</exception>
    public Sandbox Attach(SandboxSpec spec) =>
        HostErrors.Translate(
            "failed to set up container networking",
            () =>
                Register(
                    spec.ContainerId,
                    () =>
                        spec.Mode.Kind switch
                        {
                            NetworkModeKind.Host => new Sandbox(Empty(spec) with { SandboxId = Id("sandbox of host") }, null),
                            NetworkModeKind.Container => Join(spec),
                            _ => AttachNew(spec),
                        }
                )
        );

    /// <summary>
    /// After a restart of the daemon: takes over a running container as it was stored, and its namespace handle, which comes
    /// from its init process (<see cref="NetworkNamespace.OfProcess(SafeFileHandle, int)"/>); null in host mode.
    /// </summary>
    /// <exception cref="ConflictException">The container is attached already or its address is another's.</exception>
    public Sandbox Adopt(SandboxRecord record, SafeFileHandle? namespaceHandle) =>
        HostErrors.Translate(
            "failed to restore container networking",
            () =>
                Register(
                    record.ContainerId,
                    () =>
                    {
                        foreach (var endpoint in record.Endpoints)
                            if (_networks.Find(endpoint.NetworkId) is not null)
                                _networks.Enter(endpoint.NetworkId).Addresses.Take(endpoint.Address?.Address, endpoint.Address6?.Address);
                        _publisher.Adopt(record);
                        var sandbox = new Sandbox(record, namespaceHandle);
                        foreach (var endpoint in record.Endpoints)
                            PutNames(endpoint);
                        OpenResolver(sandbox);
                        return sandbox;
                    }
                )
        );

    /// <summary>Connects a running container to one more network. Returns its whole record.</summary>
    /// <exception cref="ForbiddenException">It is connected already, or shares a namespace.</exception>
    public SandboxRecord Connect(string containerId, EndpointSpec asked) =>
        HostErrors.Translate(
            "failed to connect container",
            () =>
            {
                var sandbox = Own(containerId);
                var before = sandbox.Record;
                if (before.In(asked.NetworkId) is { } there)
                    throw new ForbiddenException($"endpoint already exists in network {there.NetworkName}");
                _firewall?.Restore();
                using var inside = _worker.OpenDoor(sandbox.Namespace!).Inside;
                var endpoint = Plug(new NamespaceDoor(sandbox.Namespace!, inside, Fresh: false), before, asked, before.Ports.Count > 0);
                var after = before with { Endpoints = [.. before.Endpoints, endpoint] };
                _publisher.Move(before, after);
                sandbox.Record = after;
                PutNames(endpoint);
                OpenResolver(sandbox);
                return after;
            }
        );

    /// <summary>Takes a running container off a network. Returns its whole record.</summary>
    /// <exception cref="ForbiddenException">It is not connected to it, or shares a namespace.</exception>
    public SandboxRecord Disconnect(string containerId, string networkId) =>
        HostErrors.Translate(
            "failed to disconnect container",
            () =>
            {
                var sandbox = Own(containerId);
                var before = sandbox.Record;
                var endpoint =
                    before.In(networkId) ?? throw new ForbiddenException($"container {containerId} is not connected to the network");
                var after = before with { Endpoints = [.. before.Endpoints.Where(e => e.NetworkId != networkId)] };
                _networks.NamesOf(networkId)?.Remove(endpoint.EndpointId);
                _publisher.Move(before, after);
                using (var inside = _worker.OpenDoor(sandbox.Namespace!).Inside)
                    _wiring.Disconnect(new NamespaceDoor(sandbox.Namespace!, inside, Fresh: false), before, endpoint);
                sandbox.Record = after;
                OpenResolver(sandbox);
                ReleaseAddresses(endpoint);
                return after;
            }
        );

    /// <summary>
    /// Opens ports between linked containers of the default bridge, where it keeps them apart (otherwise they are open). They close when
    /// either is released or leaves the network. Call it before <see cref="Reconcile"/> for adopted containers.
    /// </summary>
    public void OpenLinks(IEnumerable<LinkedPort> ports) => HostErrors.Translate("failed to open links", () => _links?.Open(ports));

    /// <summary>
    /// Gives a running container other names in its networks, for a rename. Returns its whole record; null when it is not attached.
    /// </summary>
    public SandboxRecord? Rename(string containerId, Func<EndpointRecord, IReadOnlyList<string>> names)
    {
        if (Find(containerId) is not { } sandbox)
            return null;
        sandbox.Record = sandbox.Record with { Endpoints = [.. sandbox.Record.Endpoints.Select(e => e with { Names = names(e) })] };
        foreach (var endpoint in sandbox.Record.Endpoints)
            PutNames(endpoint);
        return sandbox.Record;
    }

    /// <summary>
    /// Lets a container go; false when it is not attached. Costs microseconds: the kernel takes the devices apart on its own, unless
    /// other containers share the namespace (then they are deleted here, as Docker does).
    /// </summary>
    public bool Release(string containerId) =>
        HostErrors.Translate(
            "failed to release container networking",
            () =>
            {
                Sandbox? sandbox;
                bool shared;
                lock (_gate)
                {
                    if (!_sandboxes.Remove(containerId, out sandbox))
                        return false;
                    shared = _sandboxes.Values.Any(e => e.Record.SharedWith == containerId);
                }

                Undo(sandbox.Record);
                if (sandbox.Resolver is { } resolver)
                    _dns.Remove(resolver);
                sandbox.Namespace?.Dispose();
                var hostEnds = sandbox.Record.Endpoints.Select(e => e.HostDevice).OfType<string>().ToList();
                if (shared)
                    _wiring.DeleteHostEnds(hostEnds);
                else
                    hostEnds.ForEach(_dying.Add);
                foreach (var endpoint in sandbox.Record.Endpoints)
                    ReleaseAddresses(endpoint);
                return true;
            }
        );

    /// <summary>A container's namespace and endpoints, or null.</summary>
    public Sandbox? Find(string containerId)
    {
        lock (_gate)
            return _sandboxes.GetValueOrDefault(containerId);
    }

    /// <summary>Whether one of a container's networks has names, that 127.0.0.11 answers.</summary>
    public bool HasNames(SandboxRecord sandbox) => sandbox.Endpoints.Any(e => _networks.NamesOf(e.NetworkId) is not null);

    /// <summary>Every attached container.</summary>
    public IReadOnlyList<SandboxRecord> All()
    {
        lock (_gate)
            return [.. _sandboxes.Values.Select(s => s.Record)];
    }

    void CloseSandboxes()
    {
        lock (_gate)
        {
            foreach (var sandbox in _sandboxes.Values)
                sandbox.Namespace?.Dispose();
            _sandboxes.Clear();
        }
    }

    Sandbox AttachNew(SandboxSpec spec)
    {
        if (spec.Endpoints.Count > 0)
            _firewall?.Restore();
        var target = spec.Namespace is { } given ? _worker.Run(() => _worker.Prepare(NetworkNamespace.Duplicate(given))) : _ready.Take();
        var record = Empty(spec);
        try
        {
            foreach (var asked in spec.Endpoints)
            {
                var door = new NamespaceDoor(target.Handle, target.Inside, Fresh: record.Endpoints.Count == 0);
                record = record with { Endpoints = [.. record.Endpoints, Plug(door, record, asked, spec.Ports.Count > 0)] };
            }

            record = record with { Ports = _publisher.Publish(spec, record) };
            var sandbox = new Sandbox(record, target.Handle);
            foreach (var endpoint in record.Endpoints)
                PutNames(endpoint);
            OpenResolver(sandbox);
            return sandbox;
        }
        catch
        {
            Undo(record);
            foreach (var endpoint in record.Endpoints)
                ReleaseAddresses(endpoint);
            target.Handle.Dispose();
            throw;
        }
        finally
        {
            target.Inside.Dispose();
        }
    }

    Sandbox Join(SandboxSpec spec)
    {
        lock (_gate)
        {
            if (spec.Mode.Container is not { } other || !_sandboxes.TryGetValue(other, out var joined))
                throw new ConflictException($"cannot join network of a non running container: {spec.Mode.Container}");
            // Joining one that has joined another is joining that other.
            var record = Empty(spec) with
            {
                SandboxId = joined.Record.SandboxId,
                SharedWith = joined.Record.SharedWith ?? other,
            };
            return new Sandbox(record, joined.Namespace is { } handle ? NetworkNamespace.Duplicate(handle) : null);
        }
    }

    /// <summary>
    /// Claims the container's place, makes the sandbox without the gate (an end never waits for a start), and puts it there.
    /// </summary>
    Sandbox Register(string containerId, Func<Sandbox> make)
    {
        lock (_gate)
        {
            if (_sandboxes.ContainsKey(containerId) || !_coming.Add(containerId))
                throw new ConflictException($"endpoint for container {containerId} already exists in network");
        }

        Sandbox? made = null;
        try
        {
            return made = make();
        }
        finally
        {
            lock (_gate)
            {
                _coming.Remove(containerId);
                if (made is not null)
                    _sandboxes[containerId] = made;
            }
        }
    }

    static SandboxRecord Empty(SandboxSpec spec) => new(spec.ContainerId, spec.Mode) { SandboxId = Ids.New(), Upstreams = spec.Upstreams };

    Sandbox Own(string containerId)
    {
        var sandbox = Find(containerId) ?? throw new ConflictException($"container {containerId} is not running");
        return sandbox.Namespace is not null && sandbox.Record.SharedWith is null
            ? sandbox
            : throw new ForbiddenException(
                "container sharing network namespace with another container or host cannot be connected to any other network"
            );
    }

    EndpointRecord Plug(NamespaceDoor door, SandboxRecord sandbox, EndpointSpec asked, bool published)
    {
        var network = _networks.Enter(asked.NetworkId);
        try
        {
            return _wiring.Connect(door, sandbox, network, asked, published);
        }
        catch
        {
            _networks.Leave(asked.NetworkId);
            throw;
        }
    }

    void PutNames(EndpointRecord endpoint) =>
        _networks.NamesOf(endpoint.NetworkId)?.Put(endpoint.EndpointId, endpoint.Names, Addresses(endpoint));

    static IReadOnlyList<IPAddress> Addresses(EndpointRecord endpoint) =>
        [
            .. ((Addressing.InterfaceAddress?[])[endpoint.Address, endpoint.Address6])
                .Where(a => a is not null)
                .Select(a => a!.Value.Address),
        ];

    void Undo(SandboxRecord record)
    {
        _publisher.Release(record);
        foreach (var endpoint in record.Endpoints)
            _networks.NamesOf(endpoint.NetworkId)?.Remove(endpoint.EndpointId);
    }

    void ReleaseAddresses(EndpointRecord endpoint)
    {
        if (_links is not null && endpoint is { Address: { } address } && endpoint.NetworkId == DefaultNetwork?.Id)
            _links.Close(address.Address);
        _networks.Find(endpoint.NetworkId)?.Addresses.Release(endpoint.Address, endpoint.Address6);
        _networks.Leave(endpoint.NetworkId);
    }

    /// <summary>Opens the container's name server with its first user-defined network; later changes only what it knows.</summary>
    void OpenResolver(Sandbox sandbox)
    {
        var record = sandbox.Record;
        var view = new NameView(
            [
                .. record
                    .Endpoints.Where(e => _networks.NamesOf(e.NetworkId) is not null)
                    .Select(e => (_networks.NamesOf(e.NetworkId)!, e.Links)),
            ],
            // Without a way out nothing leaves, names neither (CVE-2024-29018).
            record.Way(ipv6: false)
                is null
            && record.Way(ipv6: true) is null
                ? Upstreams.None
                : record.Upstreams
        );
        if (sandbox.Resolver is { } resolver)
        {
            resolver.View = view;
            return;
        }

        if (view.Networks.Count == 0 || sandbox.Namespace is not { } inside)
            return;
        sandbox.Resolver = Resolver.Open(_worker, _closer, inside, view);
        _dns.Add(sandbox.Resolver);
    }
}
