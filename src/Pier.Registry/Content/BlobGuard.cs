using Pier.Model;

namespace Pier.Registry.Content;

/// <summary>
/// What keeps a push and the garbage collection apart. Whoever tells a client that a blob is here, or is about to refer to it, touches it
/// first; the collector deletes only what was not touched for the grace period, and a touch waits for a deletion that has begun. So what a
/// client was told stays true for the grace period. A manifest's blobs are held while it is checked and written: whatever the grace
/// period is, a manifest never refers to what is being deleted.
/// </summary>
sealed class BlobGuard(TimeProvider time)
{
    readonly Lock _gate = new();
    readonly Dictionary<Digest, long> _touched = [];
    readonly Dictionary<Digest, int> _held = [];
    readonly Dictionary<Digest, TaskCompletionSource> _deleting = [];

    /// <summary>Marks a blob as in use. Touch first, look whether it exists afterwards.</summary>
    public ValueTask TouchAsync(Digest digest) => WhenNotDeletingAsync(digest, () => _touched[digest] = time.GetTimestamp());

    /// <summary>Keeps blobs from deletion until the answer is disposed, and for the grace period from then on.</summary>
    public async ValueTask<IDisposable> HoldAsync(IEnumerable<Digest> digests)
    {
        var hold = new Hold(this);
        foreach (var digest in digests)
        {
            await WhenNotDeletingAsync(digest, () => _held[digest] = _held.GetValueOrDefault(digest) + 1);
            hold.Digests.Add(digest);
        }
        return hold;
    }

    /// <summary>
    /// Runs a deletion unless the blob was touched within the grace period or since <paramref name="since"/>; answers whether it ran.
    /// </summary>
    public async ValueTask<bool> TryDeleteAsync(Digest digest, TimeSpan grace, long since, Func<ValueTask> delete)
    {
        TaskCompletionSource deletion;
        lock (_gate)
        {
            if (_held.ContainsKey(digest))
                return false;
            if (_touched.TryGetValue(digest, out var touched) && (touched >= since || time.GetElapsedTime(touched) < grace))
                return false;
            _deleting[digest] = deletion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        try
        {
            await delete();
        }
        finally
        {
            lock (_gate)
            {
                _deleting.Remove(digest);
                _touched.Remove(digest);
            }
            deletion.SetResult();
        }
        return true;
    }

    /// <summary>Forgets touches older than the grace period, so that memory does not grow with history.</summary>
    public void Forget(TimeSpan grace)
    {
        lock (_gate)
        {
            foreach (var digest in _touched.Where(t => time.GetElapsedTime(t.Value) >= grace).Select(t => t.Key).ToArray())
                _touched.Remove(digest);
        }
    }

    async ValueTask WhenNotDeletingAsync(Digest digest, Action mark)
    {
        while (true)
        {
            Task wait;
            lock (_gate)
            {
                if (!_deleting.TryGetValue(digest, out var deletion))
                {
                    mark();
                    return;
                }
                wait = deletion.Task;
            }
            await wait;
        }
    }

    void Release(List<Digest> digests)
    {
        lock (_gate)
        {
            foreach (var digest in digests)
            {
                if (--_held[digest] == 0)
                    _held.Remove(digest);
                // A collection that began before did not see the manifest.
                _touched[digest] = time.GetTimestamp();
            }
        }
    }

    sealed class Hold(BlobGuard guard) : IDisposable
    {
        public List<Digest> Digests { get; } = [];

        public void Dispose() => guard.Release(Digests);
    }
}
