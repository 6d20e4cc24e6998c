using Pier.Linux;
using Pier.Model;
using Pier.Store.Content;
using Pier.Store.Layers;
using Pier.Store.Snapshots;

namespace Pier.Store.Images;

/// <summary>
/// Unpacks what may be layers while an archive still comes in: which of its files are layers, and whose, it says at its end. Where a file
/// turns out to be none, or not what the image says, nothing is kept, and the ordinary way tells what is wrong.
/// </summary>
sealed class LayerStaging : IDisposable
{
    // What is unpacked in less time than a thread takes can wait for its turn.
    const long WorthIt = 1 << 20;

    readonly SnapshotStore _snapshots;
    readonly CancellationTokenSource _stop;
    readonly SemaphoreSlim _slots = new(2 * Environment.ProcessorCount);
    readonly List<(Digest? Blob, Task<StagedLayer?> Staged)> _all = [];

    internal LayerStaging(SnapshotStore snapshots, CancellationToken ct) =>
        (_snapshots, _stop) = (snapshots, CancellationTokenSource.CreateLinkedTokenSource(ct));

    internal bool Wants(long size) => _snapshots.UnpacksApart && size >= WorthIt;

    /// <summary>Fills a blob from a stream, unpacks it on the way, and gives it its name. Throws what filling and naming throw.</summary>
    internal Digest Receive(PartialBlob blob, Stream content, ContentLease lease)
    {
        _slots.Wait(_stop.Token);
        var named = new TaskCompletionSource<Digest>();
        var staged = Task.Factory.StartNew(
            () => Unpack(blob, named.Task),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        Digest? digest = null;
        try
        {
            blob.Fill(content, _stop.Token);
            digest = blob.CompleteLater(lease);
            named.SetResult(digest.Value);
            return digest.Value;
        }
        finally
        {
            blob.Break();
            named.TrySetCanceled();
            // The unpacking thread may read the file for a while yet.
            _all.Add((digest, staged.ContinueWith(s => Close(blob, s.Result), TaskScheduler.Default)));
        }
    }

    /// <summary>The unpacked layer of a blob, once, if it is what is expected; the caller disposes it.</summary>
    internal StagedLayer? Take(Digest blob, Digest diffId)
    {
        Task<StagedLayer?> found;
        lock (_all)
        {
            var index = _all.FindIndex(a => a.Blob == blob);
            if (index < 0)
                return null;
            found = _all[index].Staged;
            _all.RemoveAt(index);
        }
        var staged = found.GetAwaiter().GetResult();
        if (staged is null || staged.DiffId == diffId)
            return staged;
        staged.Dispose();
        return null;
    }

    StagedLayer? Unpack(PartialBlob blob, Task<Digest> named)
    {
        try
        {
            return Border.Cross(() =>
            {
                using var content = blob.Follow(_stop.Token);
                using var tar = Decompression.Open(content, out var compression);
                var staged = _snapshots.Stage(
                    tar,
                    null,
                    null,
                    compression == Compression.None ? () => named.GetAwaiter().GetResult() : null,
                    _stop.Token
                );
                return staged;
            });
        }
        catch (Exception e) when (e is EngineException or OperationCanceledException)
        {
            return null;
        }
    }

    StagedLayer? Close(PartialBlob blob, StagedLayer? staged)
    {
        blob.Dispose();
        _slots.Release();
        return staged;
    }

    public void Dispose()
    {
        _stop.Cancel();
        foreach (var (_, staged) in _all)
            staged.GetAwaiter().GetResult()?.Dispose();
        _stop.Dispose();
        _slots.Dispose();
    }
}
