using System.Collections.Concurrent;
using Pier.Linux;
using Pier.Linux.Files;
using Pier.Model;

namespace Pier.Store.Content;

/// <summary>
/// Brings blobs to the disk in the background, for whoever makes several of them and needs none to be durable before an image refers to them all: the
/// next one is made while the last one is written.
/// </summary>
sealed class BlobSync(Layout layout)
{
    readonly ConcurrentDictionary<Digest, Lazy<Task>> _pending = new();

    /// <summary>Begins with a blob that has its name already.</summary>
    internal void Begin(Digest digest) => _ = _pending.GetOrAdd(digest, d => new Lazy<Task>(() => Task.Run(() => Sync(d)))).Value;

    /// <summary>Whether a blob is as durable as it gets.</summary>
    internal bool IsDone(Digest digest) => !_pending.ContainsKey(digest);

    /// <summary>Waits until blobs are durable; throws what the disk said.</summary>
    internal void Wait(IEnumerable<Digest> digests)
    {
        foreach (var digest in digests)
            if (_pending.TryGetValue(digest, out var pending)) pending.Value.GetAwaiter().GetResult();
    }

    void Sync(Digest digest)
    {
        var blob = layout.Blob(digest);
        try
        {
            using (var file = At.Open(At.WorkingDirectory, blob, OpenFlags.ReadOnly | OpenFlags.NoFollow)) Durability.Sync(file, blob);
            Durability.SyncDirectory(Path.GetDirectoryName(blob)!);
        }
        catch (LinuxException e) when (e.Errno == Errno.ENOENT)
        {
            // Collected meanwhile.
        }
        // What failed stays: whoever waits for it learns why.
        _pending.TryRemove(digest, out _);
    }
}
