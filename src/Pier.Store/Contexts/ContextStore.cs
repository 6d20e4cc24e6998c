using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pier.Store.Builds;
using Pier.Store.Snapshots;

namespace Pier.Store.Contexts;

/// <summary>
/// Copies of clients' directories, kept between builds so that only what changed has to travel. A copy is known by the key of whoever sent
/// it, and is one build's at a time: a second build of the same directory has a copy of its own. Copies are not synced to the disk and hold
/// for one boot. They are records of the build cache: listed, measured and pruned with it.
/// </summary>
public sealed class ContextStore
{
    /// <summary>How many keys are kept; the ones used longest ago go first.</summary>
    const int KeptKeys = 64;

    readonly Layout _layout;
    readonly BuildCacheStore _cache;
    readonly Dictionary<string, ContextTree?> _taken = [];

    internal ContextStore(Layout layout, BuildCacheStore cache) => (_layout, _cache) = (layout, cache);

    /// <summary>The copy of a key, or an empty one. The caller's alone until it is disposed.</summary>
    /// <param name="key">Who sent it, and what of it.</param>
    /// <param name="description">What the build cache's list says of a new one.</param>
    public ContextTree Take(string key, string description) =>
        Border.Cross(() =>
        {
            // Ids of cache mounts are hashes as well: this one begins with another word.
            var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("context " + key)));
            var hold = _cache.Hold(id);
            ContextTree? tree = null;
            try
            {
                tree = Open(_layout.BuildContext(LayerSync.Boot, id), hold);
                var record = BuildCacheRecord.OfDirectory(id, "context", BuildCacheTypes.Local, description) with { Context = id };
                if (_cache.Find(record.Keys[0]) is null)
                    _cache.Put(record);
                _cache.Used(id, record.LastUsedAt);
                return tree;
            }
            catch
            {
                if (tree is not null)
                    tree.Dispose();
                else
                    hold.Dispose();
                throw;
            }
        });

    /// <summary>A directory of this host to read: when it is a copy that somebody has taken, with what is known of its files.</summary>
    public SourceTree OpenDirectory(string path)
    {
        ContextTree? copy;
        lock (_taken)
            copy = _taken.GetValueOrDefault(Path.GetDirectoryName(path) ?? "");
        return SourceTree.OpenDirectory(path, copy?.Hashes);
    }

    ContextTree Open(string home, IDisposable hold)
    {
        lock (_taken)
        {
            for (var slot = 0; ; slot++)
            {
                var path = Path.Combine(home, slot.ToString(CultureInfo.InvariantCulture));
                if (!_taken.TryAdd(path, null))
                    continue;
                try
                {
                    return _taken[path] = new ContextTree(path, () => Release(path, hold));
                }
                catch
                {
                    _taken.Remove(path);
                    throw;
                }
            }
        }
    }

    void Release(string path, IDisposable hold)
    {
        lock (_taken)
            _taken.Remove(path);
        hold.Dispose();
        foreach (var old in _cache.All.Where(r => r.Context is not null).OrderByDescending(r => r.LastUsedAt).Skip(KeptKeys))
            _cache.Remove(old.Id);
    }
}
