using System.Net.Sockets;
using System.Security.Authentication;
using Pier.Engine.Containers;
using Pier.Engine.Logs.Drivers;
using Pier.Model;

namespace Pier.Engine.Logs.Shipping;

/// <summary>
/// Delivers one container's log to its receiver, from the files that the supervisor writes: the container does not notice how the
/// receiver fares. What was delivered is written down after every batch, so that a killed engine goes on there (a batch may come twice,
/// none is lost while the files hold it).
/// </summary>
sealed class LogShipment(string path, LogCursor? cursor, LogSource source, Func<LogSource, ILogReceiver> connect, Action<LogCursor> save)
{
    /// <summary>What mode=non-blocking keeps for a receiver that is away (max-buffer-size).</summary>
    const long DefaultBuffer = 1 << 20;

    static readonly LogsQuery Everything = new(true, true, true, 0, 0, -1, false);

    readonly long? _buffer =
        source.Options.GetValueOrDefault("mode") != "non-blocking" ? null
        : source.Options.TryGetValue("max-buffer-size", out var size) ? ByteSizes.Binary(size)
        : DefaultBuffer;

    LogCursor? _cursor = cursor;

    /// <summary>Ends when everything is delivered that was written before <paramref name="ended"/>.</summary>
    public async Task RunAsync(Task ended, CancellationToken ct)
    {
        var receiver = connect(source);
        await using var connected = receiver.ConfigureAwait(false);
        while (!await ShipAsync(receiver, ended, ct).ConfigureAwait(false))
        {
            // Messages were passed over: reading goes on behind them.
        }
    }

    async Task<bool> ShipAsync(ILogReceiver receiver, Task ended, CancellationToken ct)
    {
        var batch = new LogBatch();
        var reader = new LogReader(path, ended) { From = _cursor, Polls = true };
        await foreach (var page in reader.ReadAsync(Everything, ct).ConfigureAwait(false))
        {
            while (batch.Take(page))
            {
                var reached = new LogCursor
                {
                    Inode = page.Inode,
                    Offset = page.Offset,
                    Time = page.LastTime,
                };
                if (!await DeliverAsync(receiver, batch.Messages, ct).ConfigureAwait(false))
                    return false;
                save(_cursor = reached);
            }
        }
        return true;
    }

    /// <summary>False when messages were passed over because the receiver is away for too long.</summary>
    async Task<bool> DeliverAsync(ILogReceiver receiver, IReadOnlyList<LogMessage> messages, CancellationToken ct)
    {
        var delay = receiver.Retry.First;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await receiver.SendAsync(messages, ct).ConfigureAwait(false);
                return true;
            }
            catch (Exception e) when (e is IOException or SocketException or TimeoutException or AuthenticationException)
            {
                if (attempt >= receiver.Retry.Attempts)
                    return true;
            }
            if (_buffer is { } limit && LogBacklog.Skip(path, _cursor, limit) is { } further)
            {
                save(_cursor = further);
                return false;
            }
            await Task.Delay(delay, ct).ConfigureAwait(false);
            delay = delay * 2 < receiver.Retry.Longest ? delay * 2 : receiver.Retry.Longest;
        }
    }
}
