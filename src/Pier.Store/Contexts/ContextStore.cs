using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pier.Store.Snapshots;

namespace Pier.Store.Contexts;

/// <summary>
/// Copies of clients' directories, kept between builds so that only what changed has to travel. A copy is known by the key of whoever sent it, and is
/// one build's at a time: a second build of the same directory has a copy of its own. Copies are not synced to the disk and hold for one boot.
/// </summary>
public sealed class ContextStore
{
    /// <summary>How many keys are kept; the ones used longest ago go first.</summary>
    const int KeptKeys = 64;

    readonly string _root;
    readonly Trash _trash;
    readonly HashSet<string> _taken = [];

    internal ContextStore(Layout layout, Trash trash)
    {
        _trash = trash;
        _root = Path.Combine(layout.BuildContexts, LayerSync.Boot);
        if (Directory.Exists(layout.BuildContexts))
        {
            // Of an earlier boot: content may be missing behind right sizes and times.
            foreach (var old in Directory.EnumerateDirectories(layout.BuildContexts).Where(d => d != _root)) trash.Throw(old);
        }
        Directory.CreateDirectory(_root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>The copy of a key, or an empty one. The caller's alone until it is disposed.</summary>
    public ContextTree Take(string key) => Border.Cross(() =>
    {
        var home = Path.Combine(_root, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))));
        lock (_taken)
        {
            for (var slot = 0; ; slot++)
            {
                var path = Path.Combine(home, slot.ToString(CultureInfo.InvariantCulture));
                if (!_taken.Add(path)) continue;
                try
                {
                    var tree = new ContextTree(path, () => Release(path));
                    Directory.SetLastWriteTimeUtc(home, DateTime.UtcNow);
                    return tree;
                }
                catch
                {
                    _taken.Remove(path);
                    throw;
                }
            }
        }
    });

    /// <summary>Removes every copy that no build uses; the answer is what they took on disk.</summary>
    public long Prune() => Border.Cross(() =>
    {
        lock (_taken) return Homes().Sum(Discard);
    });

    /// <summary>Bytes on disk.</summary>
    public long Usage() => Border.Cross(() => DiskUsage.Of(_root).Bytes);

    void Release(string path)
    {
        lock (_taken)
        {
            _taken.Remove(path);
            foreach (var home in Homes().OrderByDescending(Directory.GetLastWriteTimeUtc).Skip(KeptKeys)) Discard(home);
        }
    }

    IEnumerable<string> Homes() => Directory.GetDirectories(_root);

    long Discard(string home)
    {
        if (_taken.Any(t => Path.GetDirectoryName(t) == home)) return 0;
        var bytes = DiskUsage.Of(home).Bytes;
        _trash.Throw(home);
        return bytes;
    }
}
