using Pier.Engine.Containers;
using Pier.Engine.Events;
using Pier.Model;
using Pier.Store.Records;
using Pier.Store.Volumes;

namespace Pier.Engine.Volumes;

/// <summary>
/// Every volume of the engine. Users are counted by looking at the containers; a creation in progress holds its volumes in memory only, so
/// that no count can outlive a crash.
/// </summary>
sealed class VolumeTable(VolumeStore store, RecordStore<VolumeRecord> records, ContainerTable containers, EventLog events, TimeProvider time)
{
    readonly Lock _lock = new();
    readonly List<string> _held = [];

    public VolumeStore Store => store;

    public IReadOnlyCollection<VolumeRecord> All => [.. records.All.Select(r => r.Value)];

    public VolumeRecord Resolve(string name) => records.Find(name) ?? throw new NotFoundException($"get {name}: no such volume");

    public VolumeRecord? Find(string name) => records.Find(name);

    /// <summary>The volume of a name, made unless it is there. It cannot be removed until the holder lets go.</summary>
    public VolumeRecord Ensure(CreateVolume request, VolumeHolds? holds = null)
    {
        var anonymous = string.IsNullOrEmpty(request.Name);
        var name = anonymous ? Ids.New() : request.Name!;
        lock (_lock)
        {
            if (records.Find(name) is { } known)
            {
                VolumeRules.CheckDriver(name, request.Driver);
                Hold(name, holds);
                return known;
            }
            VolumeRules.Check(name, request.Driver, request.Options);
            var labels = new Dictionary<string, string>(request.Labels ?? new Dictionary<string, string>());
            if (anonymous) labels[VolumeRecord.AnonymousLabel] = "";
            var record = new VolumeRecord
            {
                Name = name,
                Created = time.GetUtcNow(),
                Labels = labels,
                Options = new Dictionary<string, string>(request.Options ?? new Dictionary<string, string>()),
            };
            store.Create(name);
            records.Put(name, record);
            Hold(name, holds);
            Publish("create", name);
            return record;
        }
    }

    /// <summary>Keeps a volume that is there, as for --volumes-from. False when it is not.</summary>
    public bool TryHold(string name, VolumeHolds holds)
    {
        lock (_lock)
        {
            if (records.Find(name) is null) return false;
            Hold(name, holds);
            return true;
        }
    }

    /// <summary>The containers that have a volume among their mounts, running or not.</summary>
    public IReadOnlyList<string> Users(string name) => [.. containers.All.Where(c => Uses(c, name)).Select(c => c.Id)];

    /// <summary>Removes a volume that nobody uses; throws Docker's conflict otherwise.</summary>
    public void Remove(string name)
    {
        lock (_lock)
        {
            Resolve(name);
            var users = Users(name);
            if (users.Count > 0 || _held.Contains(name)) throw new ConflictException($"remove {name}: volume is in use - [{string.Join(", ", users)}]");
            // The directory first: a record without one is made whole at the next use, a directory without a record is a leftover.
            store.Remove(name);
            records.Delete(name);
            Publish("destroy", name);
        }
    }

    /// <summary>Makes a volume's content visible at its directory: before a container starts, or to fill it.</summary>
    public void Attach(string name)
    {
        if (records.Find(name) is not { } record) return;
        lock (record)
        {
            store.Create(name);
            if (record.IsMounted) store.Attach(name, record.Options);
        }
    }

    /// <summary>Takes the mount of a volume away when no container runs with it. <paramref name="except"/> is one that is about to end.</summary>
    public void Detach(string name, string? except = null)
    {
        if (records.Find(name) is not { IsMounted: true } record) return;
        lock (record)
        {
            if (!containers.All.Any(c => c.Id != except && (c.IsRunning || c.Record.Running) && Uses(c, name))) store.Detach(name);
        }
    }

    /// <summary>After a start of the engine: directories without a record and mounts without a user go.</summary>
    public void Reconcile()
    {
        foreach (var name in store.Names())
            if (records.Find(name) is null) store.Remove(name);
        foreach (var record in All) Detach(record.Name);
    }

    /// <summary>Takes back what <see cref="Ensure"/> and <see cref="TryHold"/> held.</summary>
    public void Release(IEnumerable<string> names)
    {
        lock (_lock)
        {
            foreach (var name in names) _held.Remove(name);
        }
    }

    public void Publish(string action, string name, params ReadOnlySpan<(string Key, string Value)> more)
    {
        var attributes = new Dictionary<string, string> { ["driver"] = VolumeRules.Driver };
        foreach (var (key, value) in more) attributes[key] = value;
        events.Publish("volume", action, name, attributes);
    }

    static bool Uses(Container container, string name) => Array.Exists(container.Record.Mounts, m => m.Type == "volume" && m.Name == name);

    void Hold(string name, VolumeHolds? holds)
    {
        if (holds is null) return;
        _held.Add(name);
        holds.Add(name);
    }
}
