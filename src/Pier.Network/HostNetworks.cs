using System.Collections.Concurrent;
using Pier.Linux.Netlink;
using Pier.Model;
using Pier.Network.Addressing;
using Pier.Network.Bridges;
using Pier.Network.Dns;
using Pier.Network.Endpoints;
using Pier.Network.Firewall;
using Pier.Network.Stacked;

namespace Pier.Network;

/// <summary>The networks that exist on the host: made, taken over, found, deleted. Thread-safe.</summary>
/// <param name="owner">The note that devices of this daemon carry.</param>
sealed class HostNetworks(RouteSocket route, FirewallTable? firewall, NetworkOptions options, string owner)
{
    const string BridgePrefix = "br-";
    const int BridgeIdLength = 12;

    /// <summary>Held by whoever makes or deletes one: two must not choose the same subnet.</summary>
    readonly Lock _gate = new();
    readonly ConcurrentDictionary<string, IHostNetwork> _networks = new();
    readonly ConcurrentDictionary<string, NameTable> _names = new();

    /// <summary>How many endpoints a network has or is about to get.</summary>
    readonly Dictionary<string, int> _users = [];

    /// <summary>Chooses what was left open (subnets, device), checks, and makes it. Returns the whole of it.</summary>
    public NetworkSpec Create(NetworkSpec asked, bool ipv4, bool ipv6)
    {
        lock (_gate)
        {
            foreach (var range in asked.Ranges)
                CheckFree(range.Subnet);
            var spec = asked with { Ipv4 = Ranged(asked, asked.Ipv4, ipv4, v6: false), Ipv6 = Ranged(asked, asked.Ipv6, ipv6, v6: true) };
            if (spec.Driver == NetworkDriver.Bridge)
            {
                if (spec.Device.Length == 0)
                    spec = spec with { Device = BridgePrefix + spec.Id[..BridgeIdLength] };
                if (_networks.Values.FirstOrDefault(n => n.Spec.Device == spec.Device) is { } owner)
                    throw new ForbiddenException($"bridge name {spec.Device} already used by network {owner.Spec.Name}");
                BridgeDevice.CheckName(spec.Device);
                spec = spec with { OwnsDevice = route.Use(socket => socket.FindLink(spec.Device)) is null };
            }

            try
            {
                return Make(spec).Spec;
            }
            catch
            {
                Undo(spec);
                throw;
            }
        }
    }

    /// <summary>Takes one over after a restart, or makes again what a restart of the host has taken away.</summary>
    public void Restore(NetworkSpec spec)
    {
        lock (_gate)
            Make(spec);
    }

    public IHostNetwork? Find(string id) => _networks.GetValueOrDefault(id);

    /// <summary>The names in a network; null for one without DNS.</summary>
    public NameTable? NamesOf(string id) => _names.GetValueOrDefault(id);

    public IReadOnlyCollection<IHostNetwork> All => [.. _networks.Values];

    /// <summary>Finds one for an endpoint: until <see cref="Leave"/> nobody deletes it.</summary>
    public IHostNetwork Enter(string id)
    {
        lock (_users)
        {
            var network = Find(id) ?? throw new NotFoundException($"network {id} not found");
            _users[id] = _users.GetValueOrDefault(id) + 1;
            return network;
        }
    }

    public void Leave(string id)
    {
        lock (_users)
        {
            if (_users.GetValueOrDefault(id) <= 1)
                _users.Remove(id);
            else
                _users[id]--;
        }
    }

    /// <summary>Deletes it from the host; false when there is none of the id or it has endpoints.</summary>
    public bool Delete(string id)
    {
        lock (_gate)
        {
            IHostNetwork? network;
            lock (_users)
            {
                if (_users.ContainsKey(id) || !_networks.TryRemove(id, out network))
                    return false;
            }

            _names.TryRemove(id, out _);
            network.Delete();
            if (network.Spec.Driver == NetworkDriver.Bridge)
                firewall?.Remove(network.Spec);
            return true;
        }
    }

    /// <summary>Nothing half made stays: the device goes, and what the firewall knows of it.</summary>
    void Undo(NetworkSpec spec)
    {
        if (spec.Driver != NetworkDriver.Bridge)
            return;
        firewall?.Remove(spec);
        if (spec.OwnsDevice)
            route.DeleteLinks([spec.Device]);
    }

    IHostNetwork Make(NetworkSpec spec)
    {
        IHostNetwork network =
            spec.Driver == NetworkDriver.Bridge
                ? new BridgeNetwork(route, spec, owner, firewall is not null)
                : new StackedNetwork(route, spec, owner);
        if (spec.Driver == NetworkDriver.Bridge)
        {
            if (spec.Ipv6 is not null && !spec.Internal && options.IpForward)
                Forwarding.EnableIpv6();
            firewall?.Add(spec);
        }

        _networks[spec.Id] = network;
        if (!spec.IsDefault)
            _names[spec.Id] = new NameTable(spec.Name, [.. spec.Ranges.Select(r => r.Subnet)]);
        return network;
    }

    /// <summary>Devices that carry the daemon's note and belong to no network: a crash came between the device and its record.</summary>
    public void DeleteLeftovers()
    {
        lock (_gate)
        {
            var known = _networks.Values.SelectMany(n => (string[])[n.Spec.Device, n.Spec.Parent]).ToHashSet();
            route.DeleteLinks([
                .. route.Use(socket => socket.ListLinks()).Where(l => l.Alias == owner && !known.Contains(l.Name)).Select(l => l.Name),
            ]);
        }
    }

    AddressRange? Ranged(NetworkSpec network, AddressRange? asked, bool wanted, bool v6)
    {
        if (asked is null && !wanted)
            return null;
        var range = asked ?? new AddressRange(FreeSubnet(v6));
        // A macvlan network without a way out has no gateway; a bridge has one in any case, for the host.
        if (range.Gateway is not null || (network.Internal && network.Driver != NetworkDriver.Bridge))
            return range;
        return range.Subnet.HostBits < 2 ? range : range with { Gateway = range.Subnet.At(1) };
    }

    Subnet FreeSubnet(bool v6)
    {
        var used = route.Use(HostSubnets.InUse).Concat(_networks.Values.SelectMany(n => n.Spec.Ranges).Select(r => r.Subnet)).ToList();
        IEnumerable<SubnetPool> pools = v6 ? [.. options.Pools, DefaultPools.UniqueLocal(options.IdSeed)] : options.Pools;
        return DefaultPools.FirstFree(pools, v6, used)
            ?? throw new HostFailureException("all predefined address pools have been fully subnetted");
    }

    void CheckFree(Subnet subnet)
    {
        if (_networks.Values.Any(n => n.Spec.Ranges.Any(r => r.Subnet.Overlaps(subnet))))
            throw new ForbiddenException("invalid pool request: Pool overlaps with other one on this address space");
    }
}
