namespace Pier.Api.Http;

/// <summary>
/// Gives memory back to the host when nobody has asked for anything for a moment: a daemon that was busy would keep what its requests left,
/// 20 MiB and more, until somebody is busy again. An idle daemon wakes for it once, and not at all when little was allocated.
/// </summary>
sealed class RestingHeap : IDisposable
{
    static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(500);

    /// <summary>Less than this since the last time is not worth a collection (some 10 ms).</summary>
    const long WorthIt = 2 << 20;

    readonly Timer _timer;
    long _allocated;

    public RestingHeap() => _timer = new Timer(_ => GiveBack());

    /// <summary>
    /// A request has ended. Streams that rest for as long as their container does hinder nothing: the next moment without an end counts.
    /// </summary>
    public void Touch()
    {
        try
        {
            _timer.Change(Rest, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The daemon ends, and this request was its last.
        }
    }

    public void Dispose() => _timer.Dispose();

    void GiveBack()
    {
        var allocated = GC.GetTotalAllocatedBytes();
        if (allocated - _allocated < WorthIt)
            return;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _allocated = GC.GetTotalAllocatedBytes();
    }
}
