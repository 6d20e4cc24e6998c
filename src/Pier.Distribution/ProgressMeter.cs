namespace Pier.Distribution;

/// <summary>Thins a transfer's steps to ten a second, and the last.</summary>
sealed class ProgressMeter(string id, string status, long total, Action<TransferProgress> report)
{
    const long Interval = 100;

    long _next;

    public void Reached(long position)
    {
        var now = Environment.TickCount64;
        if (now < _next && position < total)
            return;
        _next = now + Interval;
        report(new TransferProgress(id, status, position, total));
    }
}
