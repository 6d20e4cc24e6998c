namespace Pier.Engine.Logs.Shipping;

/// <summary>One message: text without its newline; <paramref name="Part"/> for a piece of a line too long for one message.</summary>
sealed record LogMessage(byte Stream, long TimeNanoseconds, byte[] Text, LogPart? Part)
{
    public bool IsError => Stream == 2;
    public DateTimeOffset Time => DateTimeOffset.UnixEpoch.AddTicks(TimeNanoseconds / 100);
}

/// <summary>Which piece of which line it is, counted from 1.</summary>
sealed record LogPart(string Id, int Ordinal, bool Last);
