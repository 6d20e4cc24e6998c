namespace Pier.Engine.Logs.Shipping;

/// <summary>Takes a container's messages elsewhere.</summary>
interface ILogReceiver : IAsyncDisposable
{
    /// <summary>
    /// Delivers messages in their order. Throws IOException, SocketException or TimeoutException when the receiver does not take them; the
    /// same messages are given again then, from the first one.
    /// </summary>
    Task SendAsync(IReadOnlyList<LogMessage> messages, CancellationToken ct);

    /// <summary>What to do about a receiver that is away.</summary>
    LogRetry Retry { get; }
}

/// <summary>Waits between attempts, doubled up to a limit; after so many attempts the messages are given up (null: never).</summary>
sealed record LogRetry(TimeSpan First, TimeSpan Longest, int? Attempts)
{
    public static readonly LogRetry Default = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5), null);
}
