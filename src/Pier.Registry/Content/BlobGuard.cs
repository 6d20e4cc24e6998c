using Pier.Model;

namespace Pier.Registry.Content;

/// <summary>
/// What keeps a push and the garbage collection apart. Whoever tells a client that a blob is here, or is about to refer to it, touches it
/// first; the collector deletes only what was not touched for the grace period, and a touch waits for a deletion that has begun. So what a
/// client was told stays true for the grace period, and a manifest never refers to what is being deleted.
/// </summary>
sealed class BlobGuard(TimeProvider time)
{
    readonly Lock _gate = new();
    readonly Dictionary<Digest, long> _touched = [];
    readonly Dictionary<Digest, TaskCompletionSource> _deleting = [];

    /// <summary>Marks a blob as in use. Touch first, look whether it exists afterwards.</summary>
    public async ValueTask TouchAsync(Digest digest)
    {
        while (true)
        {
            Task wait;
            lock (_gate)
            {
                if (!_deleting.TryGetValue(digest, out var deletion))
                {
                    _touched[digest] = time.GetTimestamp();
                    return;
                }
                wait = deletion.Task;
            }
            await wait;
        }
    }

    /// <summary>Runs a deletion unless the blob was touched within the grace period or since <paramref name="since"/>; answers whether it ran.</summary>
    public async ValueTask<bool> TryDeleteAsync(Digest digest, TimeSpan grace, long since, Func<ValueTask> delete)
    {
        TaskCompletionSource deletion;
        lock (_gate)
        {
            if (_touched.TryGetValue(digest, out var touched) && (touched >= since || time.GetElapsedTime(touched) < grace)) return false;
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
            foreach (var digest in _touched.Where(t => time.GetElapsedTime(t.Value) >= grace).Select(t => t.Key).ToArray()) _touched.Remove(digest);
        }
    }
}
