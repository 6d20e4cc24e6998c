using System.Net;
using Pier.Linux;
using Pier.Linux.Netlink;
using Pier.Linux.Nftables;
using Pier.Network.Publishing;

namespace Pier.Network.Firewall;

/// <summary>
/// Pier's nftables table of one daemon: static chains, and sets and maps that networks and published ports are elements of. Other tables
/// are never touched: a packet that one of them drops stays dropped. Thread-safe.
/// </summary>
sealed class FirewallTable : IDisposable
{
    /// <summary>Room for a batch of some thousand map elements.</summary>
    const int SendBuffer = 4 << 20;

    readonly Lock _gate = new();
    readonly NetlinkSocket _socket;
    readonly bool _relayed;
    bool _deleted;

    /// <summary>What should be there, by its text.</summary>
    readonly Dictionary<string, FirewallElement> _elements = [];

    /// <param name="name">Its name.</param>
    /// <param name="relayed">What the host sends to ::1 is left to the relay.</param>
    public FirewallTable(string name, bool relayed)
    {
        (Name, _relayed) = (name, relayed);
        _socket = NetlinkSocket.Open(NetlinkProtocol.Netfilter);
        _socket.SetSendBuffer(SendBuffer);
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

    /// <summary>
    /// Writes the table again, with all elements, when someone has flushed it away (nft flush ruleset); false when it is there.
    /// </summary>
    public bool Restore()
    {
        lock (_gate)
        {
            if (_deleted || _socket.HasTable(Name))
                return false;
            Install();
            Write(_elements.Values);
            return true;
        }
    }

    /// <summary>Makes a network known; no error when it is.</summary>
    public void Add(NetworkSpec network)
    {
        Add([.. FirewallSets.Of(network)]);
    }

    public void Remove(NetworkSpec network) => Remove([.. FirewallSets.Of(network)]);

    /// <summary>Adds elements; no error for those of sets that are there.</summary>
    public void Add(IReadOnlyCollection<FirewallElement> elements)
    {
        lock (_gate)
        {
            Write(elements);
            foreach (var element in elements)
                _elements[element.Text] = element;
        }
    }

    /// <summary>Removes elements; no error for those that are gone.</summary>
    public void Remove(IReadOnlyCollection<FirewallElement> elements)
    {
        lock (_gate)
            Erase(elements);
    }

    /// <summary>Opens ports; all or none. EEXIST when one is taken.</summary>
    public void Publish(Func<PublishedPort, IPAddress?> target, IReadOnlyCollection<PublishedPort> ports)
    {
        Add([.. Elements(target, ports)]);
    }

    /// <summary>Closes ports; those that are closed already are ignored.</summary>
    public void Unpublish(Func<PublishedPort, IPAddress?> target, IReadOnlyCollection<PublishedPort> ports)
    {
        Remove([.. Elements(target, ports)]);
    }

    /// <summary>Takes over what is there from before without writing it again.</summary>
    public void Expect(Func<PublishedPort, IPAddress?> target, IReadOnlyCollection<PublishedPort> ports)
    {
        lock (_gate)
        {
            foreach (var element in Elements(target, ports))
                _elements[element.Text] = element;
        }
    }

    /// <summary>Makes the sets and maps hold exactly what was added and expected.</summary>
    public void Reconcile()
    {
        lock (_gate)
        {
            var missing = new Dictionary<string, FirewallElement>(_elements);
            // A set of ranges may show an end below its lowest key that nobody put there.
            Erase(Read().Where(found => !(found.End && found.Key.All(b => b == 0)) && !missing.Remove(found.Text)));
            if (missing.Count > 0)
                Write(missing.Values);
        }
    }

    /// <summary>What the kernel holds now, map by map.</summary>
    public IReadOnlyList<FirewallElement> Read()
    {
        lock (_gate)
            return
            [
                .. FirewallSets.All.SelectMany(map =>
                    _socket.ListElements(Name, map).Select(e => new FirewallElement(map, e.Key, e.Value, e.End))
                ),
            ];
    }

    /// <summary>Whether the table is there at all.</summary>
    public bool IsInstalled
    {
        get
        {
            lock (_gate)
                return _socket.HasTable(Name);
        }
    }

    /// <summary>Removes the table.</summary>
    public void Delete()
    {
        lock (_gate)
        {
            _deleted = true;
            IgnoringMissing(new NftBatch(Name).DeleteTable());
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _socket.Dispose();
    }

    static IEnumerable<FirewallElement> Elements(Func<PublishedPort, IPAddress?> target, IEnumerable<PublishedPort> ports)
    {
        foreach (var port in ports)
            if (target(port) is { } address)
                yield return FirewallSets.Of(port, address);
    }

    void Write(IEnumerable<FirewallElement> elements)
    {
        var batch = new NftBatch(Name);
        foreach (var element in elements)
        {
            if (element.Map.IsSet)
                batch.AddKey(element.Map, element.Key, element.End);
            else
                batch.AddElement(element.Map, element.Key, element.Value);
        }

        batch.Execute(_socket);
    }

    void Erase(IEnumerable<FirewallElement> elements)
    {
        FirewallElement[] gone = [.. elements];
        foreach (var element in gone)
            _elements.Remove(element.Text);
        try
        {
            // Both ends of a range in one transaction: the kernel does not find an end whose start is gone.
            Delete(gone);
        }
        catch (LinuxException e) when (e.Errno == Errno.ENOENT)
        {
            // Somebody has flushed some of them: the others one by one.
            foreach (var element in gone)
                IgnoringMissing(new NftBatch(Name).DeleteElement(element.Map, element.Key, element.End));
        }
    }

    void Delete(IEnumerable<FirewallElement> elements)
    {
        var batch = new NftBatch(Name);
        foreach (var element in elements)
            batch.DeleteElement(element.Map, element.Key, element.End);
        batch.Execute(_socket);
    }

    void Write(NftBatch batch)
    {
        foreach (var map in FirewallSets.All)
            batch.AddMap(map);
        FirewallRules.Write(batch, _relayed);
        batch.Execute(_socket);
    }

    void IgnoringMissing(NftBatch batch)
    {
        try
        {
            batch.Execute(_socket);
        }
        catch (LinuxException e) when (e.Errno == Errno.ENOENT) { }
    }
}
