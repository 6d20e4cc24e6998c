using System.Collections.Concurrent;
using Pier.Linux;
using Pier.Linux.Files;
using Pier.Model;

namespace Pier.Store.Content;

/// <summary>
/// Brings blobs to the disk in the background, for whoever makes several of them and needs none to be durable before an image refers to
/// them all: the next one is made while the last one is written.
/// </summary>
sealed class BlobSync(Layout layout)
{
    readonly ConcurrentDictionary<Digest, Lazy<Task>> _pending = new();

    /// <summary>Begins with a blob that was noted.</summary>
    internal void Begin(Digest digest)
    {
        if (_pending.TryGetValue(digest, out var pending))
            _ = pending.Value;
    }

    /// <summary>
    /// Has a blob that has its name wait for <see cref="Begin"/> or <see cref="Wait"/>. The first fsync(2) commits the journal for all that
    /// were written before, so that the others cost little.
    /// </summary>
    internal void Note(Digest digest) =>
        _pending.GetOrAdd(
            digest,
            static (digest, sync) =>
            {
                Lazy<Task>? mine = null;
                return mine = new Lazy<Task>(() => Task.Run(() => sync.Sync(digest, mine!)));
            },
            this
        );

    /// <summary>Whether a blob is as durable as it gets.</summary>
    internal bool IsDone(Digest digest) => !_pending.ContainsKey(digest);

    /// <summary>A blob was deleted: nobody will wait for it.</summary>
    internal void Forget(Digest digest) => _pending.TryRemove(digest, out _);

    /// <summary>Waits until blobs are durable; throws what the disk said.</summary>
    internal void Wait(IReadOnlyCollection<Digest> digests)
    {
        var waiting = digests.Where(_pending.ContainsKey).ToArray();
        // Every file's blocks are placed and on their way before the first commit.
        foreach (var digest in waiting)
            BeginWriting(digest);
        foreach (var digest in waiting)
            if (_pending.TryGetValue(digest, out var pending))
                pending.Value.GetAwaiter().GetResult();
    }

    void BeginWriting(Digest digest)
    {
        try
        {
            using var file = Open(digest);
            Durability.BeginWriting(file, 0, 0);
        }
        catch (LinuxException e) when (e.Errno == Errno.ENOENT)
        {
            // Collected meanwhile.
        }
    }

    void Sync(Digest digest, Lazy<Task> mine)
    {
        try
        {
            using (var file = Open(digest))
                Durability.Sync(file, layout.Blob(digest));
            Durability.SyncDirectory(Path.GetDirectoryName(layout.Blob(digest))!);
        }
        catch (LinuxException e) when (e.Errno == Errno.ENOENT)
        {
            // Collected meanwhile.
        }
        // What failed stays: whoever waits for it learns why. So does what came anew meanwhile.
        _pending.TryRemove(new KeyValuePair<Digest, Lazy<Task>>(digest, mine));
    }

    Microsoft.Win32.SafeHandles.SafeFileHandle Open(Digest digest) =>
        At.Open(At.WorkingDirectory, layout.Blob(digest), OpenFlags.ReadOnly | OpenFlags.NoFollow);
}
