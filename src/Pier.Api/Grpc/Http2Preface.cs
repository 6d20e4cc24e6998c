using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Pier.Api.Grpc;

/// <summary>
/// Tells a connection that begins with HTTP/2's preface (RFC 9113 section 3.4) from one that begins with an HTTP/1.1 request. Kestrel looks
/// for the preface only on ports that speak nothing else.
/// </summary>
static class Http2Preface
{
    static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Connection middleware: HTTP/2 goes to the server, everything else to the next in line, untouched.</summary>
    public static ConnectionDelegate Sniff(ConnectionDelegate next, Http2Server server) =>
        async connection =>
        {
            if (await IsHttp2Async(connection.Transport.Input, connection.ConnectionClosed))
                await server.ServeAsync(connection.Transport, connection.Abort);
            else
                await next(connection);
        };

    static async ValueTask<bool> IsHttp2Async(PipeReader input, CancellationToken closed)
    {
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(closed);
                var verdict = Compare(read.Buffer);
                // Where it is decided nothing counts as examined: the next reader gets the bytes at once.
                input.AdvanceTo(read.Buffer.Start, verdict is null ? read.Buffer.End : read.Buffer.Start);
                if (verdict is { } known)
                    return known;
                if (read.IsCompleted)
                    return false;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            return false;
        }
    }

    /// <summary>Null while it may still become the preface.</summary>
    static bool? Compare(ReadOnlySequence<byte> bytes)
    {
        Span<byte> start = stackalloc byte[Preface.Length];
        var length = (int)Math.Min(bytes.Length, start.Length);
        bytes.Slice(0, length).CopyTo(start);
        if (!Preface.StartsWith(start[..length]))
            return false;
        return length == Preface.Length ? true : null;
    }
}
