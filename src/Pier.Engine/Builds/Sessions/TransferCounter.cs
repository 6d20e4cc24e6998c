namespace Pier.Engine.Builds.Sessions;

/// <summary>Content comes in small pieces: whoever watches is told of the sum, now and then and at the end.</summary>
sealed class TransferCounter(Action<long>? told)
{
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    long _total;
    long _last;

    public void Add(int count)
    {
        _total += count;
        if (told is null || (_last != 0 && Environment.TickCount64 - _last < Interval.TotalMilliseconds))
            return;
        _last = Environment.TickCount64;
        told(_total);
    }

    public void Finish() => told?.Invoke(_total);
}
