namespace Pier.Engine.Logs.Shipping;

/// <summary>
/// Up to where a container's log was delivered: a place in one of its files, and the time of the last line before it, in nanoseconds. With
/// mode=blocking the supervisor reads inode and offset in the record's file.
/// </summary>
public sealed record LogCursor
{
    /// <summary>The records' kind.</summary>
    internal const string Kind = "log-cursors";

    public required ulong Inode { get; init; }
    public required long Offset { get; init; }
    public required long Time { get; init; }
}
