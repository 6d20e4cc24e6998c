using Pier.Engine.Containers;
using Pier.Engine.Events;
using Pier.Engine.Volumes.Drivers;
using Pier.Model;
using Pier.Store.Records;
using Pier.Store.Volumes;

namespace Pier.Engine.Volumes;

/// <summary>
/// Every volume of the engine. Users are counted by looking at the containers; a creation in progress holds its volumes in memory only, so
/// that no count can outlive a crash.
/// </summary>
sealed class VolumeTable(
    VolumeStore store,
    VolumeDrivers drivers,
    RecordStore<VolumeRecord> records,
    ContainerTable containers,
    EventLog events,
    TimeProvider time
)
{
    readonly Lock _lock = new();
    readonly List<string> _held = [];

    public VolumeDrivers Drivers => drivers;

    public IReadOnlyCollection<VolumeRecord> All => [.. records.All.Select(r => r.Value)];

    /// <summary>A volume that this engine made, or one that a plugin has.</summary>
    public VolumeRecord Resolve(string name) =>
        records.Find(name) ?? Elsewhere(name) ?? throw new NotFoundException($"get {name}: no such volume");

    public VolumeRecord? Find(string name) => records.Find(name);

    public IVolumeDriver DriverOf(VolumeRecord volume) => drivers.Get(volume.Driver);

    /// <summary>The content at a directory that <see cref="Attach"/> answered.</summary>
    public VolumeTree Tree(string path) => store.Tree(path);

    /// <summary>The volume of a name, made unless it is there. It cannot be removed until the holder lets go.</summary>
    public VolumeRecord Ensure(CreateVolume request, VolumeHolds? holds = null)
    {
        var anonymous = string.IsNullOrEmpty(request.Name);
        var name = anonymous ? Ids.New() : request.Name!;
        if (Known(name, request.Driver, holds) is { } known)
            return known;
        VolumeRules.CheckName(name);
        var driver = VolumeRules.Driver(
            name,
            drivers,
            request.Driver.Length == 0 && !anonymous ? Elsewhere(name)?.Driver ?? "" : request.Driver
        );
        if (driver is LocalDriver)
            VolumeRules.CheckLocal(name, request.Options, () => store.HasQuotas);
        var options = new Dictionary<string, string>(request.Options ?? new Dictionary<string, string>());
        // A plugin may take its time, and making a volume twice is making it once: not under the lock.
        if (driver is not LocalDriver)
            driver.Create(name, options);
        lock (_lock)
        {
            if (Known(name, request.Driver, holds) is { } other)
                return other;
            var labels = new Dictionary<string, string>(request.Labels ?? new Dictionary<string, string>());
            if (anonymous)
                labels[VolumeRecord.AnonymousLabel] = "";
            var record = new VolumeRecord
            {
                Name = name,
                Created = time.GetUtcNow(),
                Driver = driver.Name,
                Labels = labels,
                Options = options,
            };
            Make(record, driver, options);
            Hold(name, holds);
            Publish("create", record);
            return record;
        }
    }

    /// <summary>Directory and record, or neither: a disk may be full.</summary>
    void Make(VolumeRecord record, IVolumeDriver driver, Dictionary<string, string> options)
    {
        if (driver is not LocalDriver)
        {
            records.Put(record.Name, record);
            return;
        }
        var before = store.Exists(record.Name);
        try
        {
            driver.Create(record.Name, options);
            records.Put(record.Name, record);
        }
        catch (HostFailureException) when (!before)
        {
            driver.Remove(record.Name);
            throw;
        }
    }

    /// <summary>Keeps a volume that is there, as for --volumes-from. False when it is not.</summary>
    public bool TryHold(string name, VolumeHolds holds)
    {
        lock (_lock)
        {
            if (records.Find(name) is null)
                return false;
            Hold(name, holds);
            return true;
        }
    }

    /// <summary>The containers that have a volume among their mounts, running or not.</summary>
    public IReadOnlyList<string> Users(string name) => [.. containers.All.Where(c => Uses(c, name)).Select(c => c.Id)];

    /// <summary>Removes a volume that nobody uses; throws Docker's conflict otherwise.</summary>
    public void Remove(string name)
    {
        var record = Resolve(name);
        var driver = DriverOf(record);
        if (driver is not LocalDriver)
        {
            CheckUnused(name);
            driver.Remove(name);
        }
        lock (_lock)
        {
            CheckUnused(name);
            // The directory first: a record without one is made whole at the next use, a directory without a record is a leftover.
            if (driver is LocalDriver)
                driver.Remove(name);
            records.Delete(name);
            Publish("destroy", record);
        }
    }

    /// <summary>Makes a volume's content visible for a user (a container's id) and answers its directory.</summary>
    public string Attach(string name, string user)
    {
        var record = Resolve(name);
        var driver = DriverOf(record);
        lock (record)
            return driver.Attach(record, user);
    }

    /// <summary>A user is done, or about to be: where nobody else runs with the volume, its mount is taken away.</summary>
    public void Detach(string name, string user)
    {
        if (records.Find(name) is not { } record)
            return;
        lock (record)
        {
            var last = !containers.All.Any(c => c.Id != user && (c.IsRunning || c.Record.Running) && Uses(c, name));
            DriverOf(record).Detach(record, user, last);
        }
    }

    /// <summary>After a start of the engine: directories without a record and mounts without a user go.</summary>
    public void Reconcile()
    {
        foreach (var name in store.Names())
            if (records.Find(name) is not { Driver: LocalDriver.DriverName })
                store.Remove(name);
        foreach (var record in All)
            if (record.Driver == LocalDriver.DriverName)
                Detach(record.Name, "");
    }

    /// <summary>Takes back what <see cref="Ensure"/> and <see cref="TryHold"/> held.</summary>
    public void Release(IEnumerable<string> names)
    {
        lock (_lock)
        {
            foreach (var name in names)
                _held.Remove(name);
        }
    }

    public void Publish(string action, VolumeRecord record, params ReadOnlySpan<(string Key, string Value)> more)
    {
        var attributes = new Dictionary<string, string> { ["driver"] = record.Driver };
        foreach (var (key, value) in more)
            attributes[key] = value;
        events.Publish("volume", action, record.Name, attributes);
    }

    static bool Uses(Container container, string name) => Array.Exists(container.Record.Mounts, m => m.Type == "volume" && m.Name == name);

    VolumeRecord? Known(string name, string driver, VolumeHolds? holds)
    {
        lock (_lock)
        {
            if (records.Find(name) is not { } known)
                return null;
            if (driver.Length > 0 && driver != known.Driver)
                throw new ConflictException(
                    $"create {name}: driver '{known.Driver}' already has volume '{name}': volume name must be unique"
                );
            Hold(name, holds);
            return known;
        }
    }

    void CheckUnused(string name)
    {
        lock (_lock)
        {
            var users = Users(name);
            if (users.Count > 0 || _held.Contains(name))
                throw new ConflictException($"remove {name}: volume is in use - [{string.Join(", ", users)}]");
        }
    }

    // A volume that was made by another engine's plugin call, or by hand: docker knows it as well.
    VolumeRecord? Elsewhere(string name)
    {
        foreach (var driver in drivers.Plugins())
        {
            if (driver.List().Any(v => v.Name == name))
                return new VolumeRecord
                {
                    Name = name,
                    Created = default,
                    Driver = driver.Name,
                };
        }
        return null;
    }

    void Hold(string name, VolumeHolds? holds)
    {
        if (holds is null)
            return;
        _held.Add(name);
        holds.Add(name);
    }
}
