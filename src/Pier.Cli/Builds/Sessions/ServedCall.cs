using System.Buffers;
using System.Globalization;
using Google.Protobuf;
using Pier.Contracts.Grpc;
using Pier.Contracts.Http2;

namespace Pier.Cli.Builds.Sessions;

/// <summary>A call that the daemon makes: its metadata, its messages, and the way to answer.</summary>
sealed class ServedCall(Http2Stream stream, IReadOnlyList<KeyValuePair<string, string>> head) : IMessageStreams
{
    readonly GrpcReader _reader = new(stream);
    readonly ArrayBufferWriter<byte> _outgoing = new();

    /// <summary>Cancelled when the daemon gives the call up.</summary>
    public CancellationToken Ended => stream.Aborted;

    /// <summary>The values of a metadata key; escaped ones, which another key announces, as they were meant.</summary>
    public IReadOnlyList<string> Metadata(string key)
    {
        var values = head.Where(h => h.Key == key).Select(h => h.Value);
        return head.Any(h => h.Key == key + "-encoded" && h.Value == "1") ? [.. values.Select(Uri.UnescapeDataString)] : [.. values];
    }

    public ValueTask<T?> ReadAsync<T>(MessageParser<T> parser)
        where T : class, IMessage<T> => _reader.ReadAsync(parser, Ended);

    public ValueTask WriteAsync(IMessage message)
    {
        _outgoing.ResetWrittenCount();
        GrpcFrame.Write(_outgoing, message);
        return stream.WriteAsync(_outgoing.WrittenMemory, Ended);
    }

    // A server says so by its status.
    public ValueTask CompleteWritesAsync() => ValueTask.CompletedTask;

    /// <summary>Answers a stream with what serves its path. Errors become the call's status.</summary>
    public static async Task ServeAsync(Http2Stream stream, IReadOnlyDictionary<string, Func<ServedCall, Task>> methods)
    {
        var head = await stream.HeadAsync(default).ConfigureAwait(false);
        await stream
            .SendHeadersAsync([new(":status", "200"), new("content-type", "application/grpc")], end: false, stream.Aborted)
            .ConfigureAwait(false);
        var (code, message) = (GrpcCode.Ok, "");
        try
        {
            var path = head.FirstOrDefault(h => h.Key == ":path").Value ?? "";
            if (!methods.TryGetValue(path, out var method))
                throw new GrpcException(GrpcCode.Unimplemented, $"unknown method {path}");
            await method(new ServedCall(stream, head)).ConfigureAwait(false);
        }
        catch (GrpcException e)
        {
            (code, message) = (e.Code, e.Message);
        }
        catch (Exception e) when (!stream.Aborted.IsCancellationRequested)
        {
            (code, message) = (GrpcCode.Unknown, e.Message);
        }
        List<KeyValuePair<string, string>> trailers = [new("grpc-status", ((int)code).ToString(CultureInfo.InvariantCulture))];
        if (message.Length > 0)
            trailers.Add(new("grpc-message", GrpcText.Escape(message)));
        await stream.SendHeadersAsync(trailers, end: true, stream.Aborted).ConfigureAwait(false);
    }
}
