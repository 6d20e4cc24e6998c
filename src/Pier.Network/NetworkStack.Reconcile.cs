using Pier.Linux.Netlink;
using Pier.Network.Endpoints;

namespace Pier.Network;

public sealed partial class NetworkStack
{
    /// <summary>
    /// After the last <see cref="Adopt"/>: removes devices, firewall elements and relayed ports that belong to nobody, and completes what a
    /// crash cut in the middle. Returns the containers that turned out to have left a network: their records now.
    /// </summary>
    public IReadOnlyList<SandboxRecord> Reconcile() =>
        HostErrors.Translate(
            "failed to clean up networking",
            () =>
            {
                var devices = _route.Use(socket => socket.ListLinks()).Select(l => l.Name).ToHashSet();
                List<Sandbox> own;
                lock (_gate)
                    own = [.. _sandboxes.Values.Where(s => s.Namespace is not null && s.Record.SharedWith is null)];
                List<SandboxRecord> changed = [.. own.Select(s => WithoutLost(s, devices)).OfType<SandboxRecord>()];
                var known = All().SelectMany(s => s.Endpoints).Select(e => e.HostDevice).ToHashSet();
                var strangers = HostEnds().Where(e => !known.Contains(e)).ToList();
                _route.DeleteLinks(strangers);
                // A device that was being connected, or disconnected, may have had the default route already.
                if (strangers.Count + changed.Count > 0)
                    own.ForEach(RestoreDefaults);
                _networks.DeleteLeftovers();
                _firewall?.Restore();
                _firewall?.Reconcile();
                _links?.Reconcile();
                _relay?.Reconcile();
                return changed;
            }
        );

    /// <summary>Forgets endpoints whose device is gone: their disconnection was cut. Null when all are there.</summary>
    SandboxRecord? WithoutLost(Sandbox sandbox, HashSet<string> devices)
    {
        var before = sandbox.Record;
        var lost = before.Endpoints.Where(e => e.HostDevice is { } device && !devices.Contains(device)).ToList();
        if (lost.Count == 0)
            return null;
        var after = before with { Endpoints = [.. before.Endpoints.Except(lost)] };
        foreach (var endpoint in lost)
            _networks.NamesOf(endpoint.NetworkId)?.Remove(endpoint.EndpointId);
        _publisher.Move(before, after);
        sandbox.Record = after;
        OpenResolver(sandbox);
        foreach (var endpoint in lost)
            ReleaseAddresses(endpoint);
        return after;
    }

    void RestoreDefaults(Sandbox sandbox)
    {
        using var inside = _worker.OpenDoor(sandbox.Namespace!).Inside;
        Wiring.RestoreDefaults(new NamespaceDoor(sandbox.Namespace!, inside, Fresh: false), sandbox.Record);
    }
}
