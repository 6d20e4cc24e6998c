using System.Buffers.Binary;
using System.Net;
using Pier.Linux;
using Pier.Linux.Netlink;
using Pier.Linux.Nftables;
using Pier.Network.Addressing;
using Pier.Network.Publishing;

namespace Pier.Network.Firewall;

/// <summary>
/// Pier's nftables table of one bridge: static chains, and two maps that published ports are elements of. Other tables are never touched:
/// a packet that one of them drops stays dropped. Thread-safe.
/// </summary>
sealed class FirewallTable
{
    static readonly NftField[] Target = [NftField.Ipv4Address, NftField.Service];

    /// <summary>Ports published on one host address: protocol . address . port : address . port.</summary>
    static readonly NftMap ByAddress = new("published", [NftField.Protocol, NftField.Ipv4Address, NftField.Service], Target);

    /// <summary>Ports published on all host addresses: protocol . port : address . port.</summary>
    static readonly NftMap AnyAddress = new("published_any", [NftField.Protocol, NftField.Service], Target);

    readonly Lock _gate = new();
    readonly NetlinkSocket _socket;
    readonly FirewallRules _rules;
    readonly Dictionary<PublishedPort, IPAddress> _published = [];

    public FirewallTable(NetlinkSocket socket, FirewallRules rules)
    {
        (_socket, _rules) = (socket, rules);
        Name = "pier-" + rules.Bridge;
    }

    /// <summary>Name of the inet table.</summary>
    public string Name { get; }

    /// <summary>Writes the static part in one transaction; the elements of an existing table stay.</summary>
    public void Install()
    {
        lock (_gate)
        {
            try
            {
                Write(new NftBatch(Name).AddTable());
            }
            catch (LinuxException)
            {
                // A table of another shape: it is replaced as a whole, still in one transaction.
                Write(new NftBatch(Name).AddTable().DeleteTable().AddTable());
            }
        }
    }

    /// <summary>Writes the table again, published ports included, when someone has flushed it away (nft flush ruleset).</summary>
    public void Restore()
    {
        lock (_gate)
        {
            if (_socket.HasTable(Name)) return;
            Install();
            Add(_published.Select(p => (p.Value, p.Key)));
        }
    }

    /// <summary>Adds elements; all or none. EEXIST when one is taken.</summary>
    public void Publish(IPAddress container, IReadOnlyCollection<PublishedPort> ports)
    {
        lock (_gate)
        {
            Add(ports.Select(p => (container, p)));
            foreach (var port in ports) _published[port] = container;
        }
    }

    /// <summary>Removes elements; those that are gone already are ignored.</summary>
    public void Unpublish(IReadOnlyCollection<PublishedPort> ports)
    {
        lock (_gate)
        {
            foreach (var port in ports)
            {
                _published.Remove(port);
                var (map, key) = Key(port);
                Remove(map, key);
            }
        }
    }

    /// <summary>Makes the maps hold exactly these ports.</summary>
    public void Reconcile(IReadOnlyCollection<(IPAddress Container, PublishedPort Port)> wanted)
    {
        lock (_gate)
        {
            _published.Clear();
            foreach (var (container, port) in wanted) _published[port] = container;
            var missing = wanted.ToDictionary(w => Describe(Key(w.Port), Value(w.Container, w.Port)), w => w);
            foreach (var map in (NftMap[])[ByAddress, AnyAddress])
            {
                foreach (var (key, value) in _socket.ListElements(Name, map))
                    if (!missing.Remove(Describe((map, key), value))) Remove(map, key);
            }

            if (missing.Count > 0) Add(missing.Values);
        }
    }

    /// <summary>Removes the table.</summary>
    public void Delete()
    {
        lock (_gate) IgnoringMissing(new NftBatch(Name).DeleteTable());
    }

    void Add(IEnumerable<(IPAddress Container, PublishedPort Port)> ports)
    {
        var batch = new NftBatch(Name);
        foreach (var (container, port) in ports)
        {
            var (map, key) = Key(port);
            batch.AddElement(map, key, Value(container, port));
        }

        batch.Execute(_socket);
    }

    void Remove(NftMap map, byte[] key) => IgnoringMissing(new NftBatch(Name).DeleteElement(map, key));

    void Write(NftBatch batch)
    {
        batch.AddMap(ByAddress).AddMap(AnyAddress);
        _rules.Write(batch, ByAddress, AnyAddress);
        batch.Execute(_socket);
    }

    static (NftMap Map, byte[] Key) Key(PublishedPort port)
    {
        byte[] protocol = [(byte)port.Protocol];
        return port.HostAddress.Equals(IPAddress.Any)
            ? (AnyAddress, AnyAddress.PackKey(protocol, Port(port.HostPort)))
            : (ByAddress, ByAddress.PackKey(protocol, port.HostAddress.GetAddressBytes(), Port(port.HostPort)));
    }

    static byte[] Value(IPAddress container, PublishedPort port) =>
        AnyAddress.PackValue(container.GetAddressBytes(), Port(port.ContainerPort));

    static string Describe((NftMap Map, byte[] Key) element, byte[] value) =>
        $"{element.Map.Name} {Convert.ToHexString(element.Key)} {Convert.ToHexString(value)}";

    static byte[] Port(int port)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, checked((ushort)port));
        return bytes;
    }

    void IgnoringMissing(NftBatch batch)
    {
        try
        {
            batch.Execute(_socket);
        }
        catch (LinuxException e) when (e.Errno == Errno.ENOENT)
        {
        }
    }
}
