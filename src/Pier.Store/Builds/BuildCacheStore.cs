using System.Collections.Concurrent;
using Pier.Model;
using Pier.Store.Records;
using Pier.Store.Snapshots;

namespace Pier.Store.Builds;

/// <summary>
/// What builds have made, by key. A record keeps its layers from being collected. Losing one costs time only, so that records are written without waiting
/// for the disk; when each was used last is written when it is convenient. Thread-safe.
/// </summary>
public sealed class BuildCacheStore
{
    readonly RecordStore<BuildCacheRecord> _records;
    readonly ConcurrentDictionary<string, string> _byKey = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, BuildCacheRecord> _used = new(StringComparer.Ordinal);
    readonly Lock _gate = new();

    internal BuildCacheStore(Layout layout)
    {
        _records = new RecordStore<BuildCacheRecord>(layout.Records("build-cache"), BuildJson.Default.BuildCacheRecord);
        foreach (var (id, record) in _records.All)
        {
            if (record.UnsyncedBoot is not null && record.UnsyncedBoot != LayerSync.Boot) _records.Delete(id, durable: false);
            else Index(record);
        }
    }

    public IReadOnlyCollection<BuildCacheRecord> All => [.. _records.All.Select(r => _used.GetValueOrDefault(r.Key, r.Value))];

    /// <summary>The record that a key leads to, or null.</summary>
    public BuildCacheRecord? Find(string key) =>
        _byKey.TryGetValue(key, out var id) && _records.Find(id) is { } record ? _used.GetValueOrDefault(id, record) : null;

    /// <summary>Adds a record; one that has its first key goes. A lease must hold the layers.</summary>
    public void Put(BuildCacheRecord record) => Border.Cross(() =>
    {
        lock (_gate)
        {
            if (_byKey.TryGetValue(record.Keys[0], out var old) && old != record.Id) Remove(old);
            record = record with { UnsyncedBoot = record.Layers.Length > 0 ? LayerSync.Boot : null };
            _records.Put(record.Id, record, durable: false);
            Index(record);
        }
    });

    /// <summary>One more key leads to a record from now on.</summary>
    public void AddKey(string id, string key) => Border.Cross(() =>
    {
        lock (_gate)
        {
            if (_records.Find(id) is not { } record || record.Keys.Contains(key)) return;
            record = record with { Keys = [.. record.Keys, key] };
            _records.Put(id, record, durable: false);
            if (_used.TryGetValue(id, out var used)) _used[id] = used with { Keys = record.Keys };
            _byKey[key] = id;
        }
    });

    /// <summary>Notes that a record was used.</summary>
    public void Used(string id, DateTimeOffset at)
    {
        lock (_gate)
        {
            if (_records.Find(id) is not { } stored) return;
            var record = _used.GetValueOrDefault(id, stored);
            _used[id] = record with { LastUsedAt = at, UsageCount = record.UsageCount + 1 };
        }
    }

    /// <summary>Writes down what was noted by <see cref="Used"/>, and which layers are on the disk by now.</summary>
    internal void Flush(Func<Digest, bool> isSettled) => Border.Cross(() =>
    {
        foreach (var (id, record) in _records.All)
        {
            if (record.UnsyncedBoot is null || !record.Layers.All(l => isSettled(l.Blob.Digest))) continue;
            lock (_gate)
            {
                var now = _used.TryRemove(id, out var used) ? used : record;
                if (_records.Find(id) is not null) _records.Put(id, now with { UnsyncedBoot = null }, durable: false);
            }
        }
        foreach (var id in _used.Keys)
        {
            lock (_gate)
            {
                if (_used.TryRemove(id, out var record) && _records.Find(id) is not null) _records.Put(id, record, durable: false);
            }
        }
    });

    /// <summary>Removes a record; what only it kept goes with the next collection.</summary>
    public bool Remove(string id) => Border.Cross(() =>
    {
        lock (_gate)
        {
            if (_records.Find(id) is not { } record) return false;
            foreach (var key in record.Keys) _byKey.TryRemove(new KeyValuePair<string, string>(key, id));
            _used.TryRemove(id, out _);
            return _records.Delete(id, durable: false);
        }
    });

    internal bool KnowsTree(string id) => _records.All.Any(r => r.Value.Tree == id);

    /// <summary>The blobs and stacks that the records keep.</summary>
    internal void Mark(HashSet<Digest> blobs, HashSet<Digest> chains)
    {
        foreach (var (_, record) in _records.All)
        {
            blobs.UnionWith(record.Layers.Select(l => l.Blob.Digest));
            if (record.ChainId is { } chain) chains.Add(chain);
        }
    }

    void Index(BuildCacheRecord record)
    {
        foreach (var key in record.Keys) _byKey[key] = record.Id;
    }
}
