using Pier.Model;
using Pier.Network;
using Pier.Store.Records;

namespace Pier.Engine.Networks;

/// <summary>Every network of the engine, by id and by name; the three predefined ones are records as well.</summary>
sealed class NetworkTable(RecordStore<NetworkRecord> records, NetworkStack stack, TimeProvider time)
{
    readonly Lock _lock = new();

    public IReadOnlyList<NetworkRecord> All => [.. records.All.Select(r => r.Value)];

    /// <summary>By full id, then by name, then by unambiguous id prefix: Docker's order.</summary>
    public NetworkRecord Resolve(string reference) => Find(reference) ?? throw new NotFoundException($"network {reference} not found");

    /// <summary>As <see cref="Resolve"/>; null for none.</summary>
    public NetworkRecord? Find(string reference)
    {
        if (records.Find(reference) is { } exact)
            return exact;
        var all = All;
        if (all.FirstOrDefault(n => n.Name == reference) is { } named)
            return named;
        if (reference.Length is 0 or >= 64 || !reference.All(char.IsAsciiHexDigitLower))
            return null;
        var matches = all.Where(n => n.Id.StartsWith(reference, StringComparison.Ordinal)).Take(2).ToList();
        return matches.Count < 2
            ? matches.FirstOrDefault()
            : throw new InvalidParameterException($"network {reference} is ambiguous ({matches.Count} matches found based on ID prefix)");
    }

    /// <summary>Makes it on the host and stores it. Nothing is left when either fails.</summary>
    public NetworkRecord Create(NetworkRecord asked, int mtu)
    {
        lock (_lock)
        {
            if (All.Any(n => n.Name == asked.Name))
                throw new ConflictException($"network with name {asked.Name} already exists");
            var made = stack.Create(NetworkWords.Spec(asked, mtu), asked.EnableIPv4, asked.EnableIPv6);
            try
            {
                var record = NetworkWords.Chosen(asked, made);
                records.Put(record.Id, record);
                return record;
            }
            catch
            {
                stack.Remove(asked.Id);
                throw;
            }
        }
    }

    /// <summary>
    /// Removes it; false when somebody is connected. The device first: a record without one is made whole at the next start.
    /// </summary>
    public bool Remove(NetworkRecord record)
    {
        lock (_lock)
        {
            if (records.Find(record.Id) is null)
                throw new NotFoundException($"network {record.Name} not found");
            if (!stack.Remove(record.Id))
                return false;
            records.Delete(record.Id);
            return true;
        }
    }

    /// <summary>
    /// After a start of the engine: the predefined records, and every stored network on the host again. Returns those that the host
    /// refused.
    /// </summary>
    public IReadOnlyList<(NetworkRecord Network, string Problem)> Restore(int mtu)
    {
        PutPredefined(mtu);
        var failed = new List<(NetworkRecord, string)>();
        foreach (var record in All)
        {
            if (record.IsPredefined)
                continue;
            try
            {
                stack.Restore(NetworkWords.Spec(record, mtu));
            }
            catch (EngineException e)
            {
                // A parent device that is gone, for one: the others work, and this one says so when it is used.
                failed.Add((record, e.Message));
            }
        }

        return failed;
    }

    void PutPredefined(int mtu)
    {
        foreach (var stale in All.Where(n => n.IsPredefined && n.Id != stack.Id(n.Name)))
            records.Delete(stale.Id);
        Put("host", "host", []);
        Put("none", "null", []);
        if (stack.DefaultNetwork is not { } bridge)
        {
            records.Delete(stack.Id(NetworkMode.DefaultNetwork));
            return;
        }

        Put(NetworkMode.DefaultNetwork, "bridge", PredefinedNetworks.Options(bridge), PredefinedNetworks.Ranges(bridge), bridge.Device);
    }

    void Put(string name, string driver, Dictionary<string, string> options, NetworkRange[]? ranges = null, string device = "")
    {
        var id = stack.Id(name);
        var record = new NetworkRecord
        {
            Id = id,
            Name = name,
            Driver = driver,
            Created = records.Find(id)?.Created ?? time.GetUtcNow(),
            Options = options,
            Ranges = ranges ?? [],
            EnableIPv6 = ranges?.Any(r => r.Subnet.Contains(':')) ?? false,
            Device = device,
            IsPredefined = true,
        };
        // Made anew at each start, which a full disk shall not prevent.
        records.Keep(id, record, durable: false);
    }
}
