using System.Net;
using System.Net.Sockets;
using Pier.Network.Addressing;

namespace Pier.Network.Dns;

/// <summary>The names of one network's containers. A name that several have leads to all of them. Thread-safe.</summary>
sealed class NameTable(string network, IReadOnlyList<Subnet> subnets)
{
    readonly Lock _gate = new();
    readonly Dictionary<string, Entry> _endpoints = [];
    readonly Dictionary<string, List<Entry>> _names = new(StringComparer.OrdinalIgnoreCase);
    readonly Dictionary<IPAddress, Entry> _addresses = [];

    /// <summary>The network's own name, which names may end in ("web.backend").</summary>
    public string Network { get; } = network;

    /// <summary>Whether an address belongs to the network, given to a container or not.</summary>
    public bool Owns(IPAddress address) => subnets.Any(s => s.Contains(address));

    /// <summary>Makes an endpoint known, in place of what was known of it.</summary>
    public void Put(string endpointId, IReadOnlyList<string> names, IReadOnlyList<IPAddress> addresses)
    {
        lock (_gate)
        {
            RemoveLocked(endpointId);
            var entry = new Entry(names, addresses);
            _endpoints[endpointId] = entry;
            foreach (var name in names.Distinct(StringComparer.OrdinalIgnoreCase))
            {
                if (!_names.TryGetValue(name, out var entries))
                    _names[name] = entries = [];
                entries.Add(entry);
            }

            foreach (var address in addresses)
                _addresses[address] = entry;
        }
    }

    public void Remove(string endpointId)
    {
        lock (_gate)
            RemoveLocked(endpointId);
    }

    /// <summary>Whether a name is known, and its addresses of the asked families.</summary>
    public bool TryFind(string name, bool v4, bool v6, List<IPAddress> addresses)
    {
        lock (_gate)
        {
            if (
                !_names.TryGetValue(name, out var entries)
                && !(
                    name.Length > Network.Length
                    && name.EndsWith(Network, StringComparison.OrdinalIgnoreCase)
                    && name[^(Network.Length + 1)] == '.'
                    && _names.TryGetValue(name[..^(Network.Length + 1)], out entries)
                )
            )
                return false;
            foreach (var entry in entries)
            foreach (var address in entry.Addresses)
                if (address.AddressFamily == AddressFamily.InterNetwork ? v4 : v6)
                    addresses.Add(address);
            return true;
        }
    }

    /// <summary>"web.backend" for an address, or null.</summary>
    public string? NameOf(IPAddress address)
    {
        lock (_gate)
            return _addresses.TryGetValue(address, out var entry) && entry.Names.Count > 0 ? $"{entry.Names[0]}.{Network}" : null;
    }

    void RemoveLocked(string endpointId)
    {
        if (!_endpoints.Remove(endpointId, out var entry))
            return;
        foreach (var name in entry.Names.Distinct(StringComparer.OrdinalIgnoreCase))
            if (_names.TryGetValue(name, out var entries) && entries.Remove(entry) && entries.Count == 0)
                _names.Remove(name);
        foreach (var address in entry.Addresses)
            if (_addresses.TryGetValue(address, out var owner) && ReferenceEquals(owner, entry))
                _addresses.Remove(address);
    }

    sealed class Entry(IReadOnlyList<string> names, IReadOnlyList<IPAddress> addresses)
    {
        public IReadOnlyList<string> Names => names;
        public IReadOnlyList<IPAddress> Addresses => addresses;
    }
}
