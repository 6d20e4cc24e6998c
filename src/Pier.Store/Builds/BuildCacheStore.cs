using System.Collections.Concurrent;
using Pier.Model;
using Pier.Store.Records;
using Pier.Store.Snapshots;

namespace Pier.Store.Builds;

/// <summary>
/// What builds keep, by key. A record keeps its layers from being collected, and its directory goes with it. Losing one costs time only, so
/// that records are written without waiting for the disk; when each was used last is written when it is convenient. Thread-safe.
/// </summary>
public sealed class BuildCacheStore
{
    readonly Layout _layout;
    readonly Trash _trash;
    readonly RecordStore<BuildCacheRecord> _records;
    readonly ConcurrentDictionary<string, string> _byKey = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, BuildCacheRecord> _used = new(StringComparer.Ordinal);
    readonly Dictionary<string, int> _holds = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> _orphans = new(StringComparer.Ordinal);
    readonly Lock _gate = new();

    internal BuildCacheStore(Layout layout, Trash trash)
    {
        (_layout, _trash) = (layout, trash);
        _records = new RecordStore<BuildCacheRecord>(layout.Records("build-cache"), BuildJson.Default.BuildCacheRecord);
        foreach (var (id, record) in _records.All)
        {
            var isLost =
                (record.UnsyncedBoot is not null && record.UnsyncedBoot != LayerSync.Boot)
                || (DirectoryOf(record) is { } directory && !Directory.Exists(directory));
            if (isLost)
                _records.Delete(id, durable: false);
            else
                Index(record);
        }
        // What no record knows was sent for a build that is gone, or belongs to an earlier boot.
        var known = _records.All.Select(r => DirectoryOf(r.Value)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        foreach (var home in (string[])[layout.BuildTrees, layout.BuildCaches, layout.BuildContexts])
            Directory.CreateDirectory(home, OwnerOnly);
        var contexts = layout.BuildContext(LayerSync.Boot);
        foreach (var boot in Directory.GetDirectories(layout.BuildContexts).Where(d => d != contexts))
            trash.Throw(boot);
        string[] homes = [layout.BuildTrees, layout.BuildCaches, .. Directory.Exists(contexts) ? (string[])[contexts] : []];
        foreach (var directory in homes.SelectMany(Directory.GetDirectories))
            if (!known.Contains(directory))
                trash.Throw(directory);
    }

    public IReadOnlyCollection<BuildCacheRecord> All => [.. _records.All.Select(r => _used.GetValueOrDefault(r.Key, r.Value))];

    /// <summary>The record that a key leads to, or null.</summary>
    public BuildCacheRecord? Find(string key) =>
        _byKey.TryGetValue(key, out var id) && _records.Find(id) is { } record ? _used.GetValueOrDefault(id, record) : null;

    /// <summary>Adds a record; one that has its first key goes. A lease must hold the layers.</summary>
    public void Put(BuildCacheRecord record) =>
        Border.Cross(() =>
        {
            lock (_gate)
            {
                if (_byKey.TryGetValue(record.Keys[0], out var old) && old != record.Id)
                    Forget(old);
                record = record with { UnsyncedBoot = record.Layers.Length > 0 ? LayerSync.Boot : null };
                _records.Put(record.Id, record, durable: false);
                Index(record);
            }
        });

    /// <summary>One more key leads to a record from now on.</summary>
    public void AddKey(string id, string key) =>
        Border.Cross(() =>
        {
            lock (_gate)
            {
                if (_records.Find(id) is not { } record || record.Keys.Contains(key))
                    return;
                record = record with { Keys = [.. record.Keys, key] };
                _records.Put(id, record, durable: false);
                if (_used.TryGetValue(id, out var used))
                    _used[id] = used with { Keys = record.Keys };
                _byKey[key] = id;
            }
        });

    /// <summary>Notes that a record was used.</summary>
    public void Used(string id, DateTimeOffset at)
    {
        lock (_gate)
        {
            if (_records.Find(id) is not { } stored)
                return;
            var record = _used.GetValueOrDefault(id, stored);
            _used[id] = record with { LastUsedAt = at, UsageCount = record.UsageCount + 1 };
        }
    }

    /// <summary>Writes down what was noted by <see cref="Used"/>, and which layers are on the disk by now.</summary>
    internal void Flush(Func<Digest, bool> isSettled) =>
        Border.Cross(() =>
        {
            foreach (var (id, record) in _records.All)
            {
                if (record.UnsyncedBoot is null || !record.Layers.All(l => isSettled(l.Blob.Digest)))
                    continue;
                lock (_gate)
                {
                    var now = _used.TryRemove(id, out var used) ? used : record;
                    if (_records.Find(id) is not null)
                        _records.Put(id, now with { UnsyncedBoot = null }, durable: false);
                }
            }
            foreach (var id in _used.Keys)
            {
                lock (_gate)
                {
                    if (_used.TryRemove(id, out var record) && _records.Find(id) is not null)
                        _records.Put(id, record, durable: false);
                }
            }
        });

    /// <summary>A build uses what is kept under an id, or is about to keep it: until the answer is disposed it is not removed.</summary>
    public IDisposable Hold(string id)
    {
        lock (_gate)
            _holds[id] = _holds.GetValueOrDefault(id) + 1;
        return new BuildCacheHold(() => Release(id));
    }

    /// <summary>Whether a build uses it now.</summary>
    public bool IsHeld(string id)
    {
        lock (_gate)
            return _holds.ContainsKey(id);
    }

    /// <summary>
    /// Removes a record with its directory; its layers go with the next collection. False when there is none, or a build uses it.
    /// </summary>
    public bool Remove(string id) =>
        Border.Cross(() =>
        {
            lock (_gate)
                return !_holds.ContainsKey(id) && Forget(id);
        });

    /// <summary>The directory that a record stands for, or null.</summary>
    internal string? DirectoryOf(BuildCacheRecord record) => DirectoryOf(_layout, record);

    /// <inheritdoc cref="DirectoryOf(BuildCacheRecord)"/>
    internal static string? DirectoryOf(Layout layout, BuildCacheRecord record) =>
        record switch
        {
            { Tree: { } tree } => layout.BuildTree(tree),
            { CacheMount: { } mount } => layout.BuildCache(mount),
            { Context: { } context } => layout.BuildContext(LayerSync.Boot, context),
            _ => null,
        };

    bool Forget(string id)
    {
        if (_records.Find(id) is not { } record)
            return false;
        foreach (var key in record.Keys)
            _byKey.TryRemove(new KeyValuePair<string, string>(key, id));
        _used.TryRemove(id, out _);
        if (DirectoryOf(record) is { } directory)
        {
            // A build that reads it still may do so to its end.
            if (_holds.ContainsKey(id))
                _orphans[id] = directory;
            else
                _trash.Throw(directory);
        }
        return _records.Delete(id, durable: false);
    }

    void Release(string id) =>
        Border.Cross(() =>
        {
            lock (_gate)
            {
                if (--_holds[id] > 0)
                    return;
                _holds.Remove(id);
                if (_orphans.Remove(id, out var directory))
                    _trash.Throw(directory);
            }
        });

    /// <summary>The blobs and stacks that the records keep.</summary>
    internal void Mark(HashSet<Digest> blobs, HashSet<Digest> chains)
    {
        foreach (var (_, record) in _records.All)
        {
            blobs.UnionWith(record.Layers.Select(l => l.Blob.Digest));
            if (record.ChainId is { } chain)
                chains.Add(chain);
        }
    }

    void Index(BuildCacheRecord record)
    {
        foreach (var key in record.Keys)
            _byKey[key] = record.Id;
    }

    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    sealed class BuildCacheHold(Action release) : IDisposable
    {
        Action? _release = release;

        public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
    }
}
