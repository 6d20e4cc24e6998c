namespace Pier.Engine.Logs.Shipping;

/// <summary>
/// Up to where a container's log was delivered: a place in one of its files, and the time of the last line before it, in nanoseconds.
/// </summary>
public sealed record LogCursor
{
    public required ulong Inode { get; init; }
    public required long Offset { get; init; }
    public required long Time { get; init; }
}
