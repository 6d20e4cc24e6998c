using Pier.Engine.Logs;

namespace Pier.Api.Streams;

/// <summary>
/// Log lines on their way out: Docker's frames, or bare bytes for a terminal's log, in large pieces. Before waiting for more, everything is
/// sent.
/// </summary>
static class LogStream
{
    const int PieceSize = 256 * 1024;

    public static async Task SendAsync(
        IAsyncEnumerable<LogPage> pages,
        Stream target,
        bool framed,
        bool timestamps,
        bool details,
        CancellationToken ct
    )
    {
        var piece = new LogPiece(framed, timestamps, details);
        var buffer = GC.AllocateUninitializedArray<byte>(PieceSize);
        var used = 0;
        await using var enumerator = pages.GetAsyncEnumerator(ct);
        while (true)
        {
            var next = enumerator.MoveNextAsync();
            if (!next.IsCompleted)
            {
                await target.WriteAsync(buffer.AsMemory(0, used), ct);
                await target.FlushAsync(ct);
                used = 0;
            }
            if (!await next)
                break;
            while (!piece.Take(enumerator.Current, ref buffer, ref used))
            {
                await target.WriteAsync(buffer.AsMemory(0, used), ct);
                used = 0;
            }
        }
        if (used > 0)
            await target.WriteAsync(buffer.AsMemory(0, used), ct);
        await target.FlushAsync(ct);
    }
}
