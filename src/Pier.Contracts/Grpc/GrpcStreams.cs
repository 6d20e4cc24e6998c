using System.Buffers;
using System.Globalization;
using Google.Protobuf;
using Pier.Contracts.BuildKit.Errors;
using Pier.Contracts.Http2;

namespace Pier.Contracts.Grpc;

/// <summary>A call under way: messages out and messages in, independently of each other.</summary>
public sealed class GrpcStreams : IMessageStreams, IAsyncDisposable
{
    readonly Http2Stream _stream;
    readonly GrpcReader _reader;
    readonly CancellationToken _ct;
    readonly ArrayBufferWriter<byte> _outgoing = new();

    internal GrpcStreams(Http2Stream stream, CancellationToken ct) => (_stream, _reader, _ct) = (stream, new GrpcReader(stream), ct);

    public async ValueTask WriteAsync(IMessage message)
    {
        _outgoing.ResetWrittenCount();
        GrpcFrame.Write(_outgoing, message);
        try
        {
            await _stream.WriteAsync(_outgoing.WrittenMemory, _ct).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw Lost(e);
        }
    }

    /// <summary>No more messages from this side.</summary>
    public async ValueTask CompleteWritesAsync()
    {
        try
        {
            await _stream.CompleteAsync(_ct).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw Lost(e);
        }
    }

    /// <summary>
    /// The next message, or null at the end of a call that went well. Throws <see cref="GrpcException"/> with the server's status
    /// otherwise.
    /// </summary>
    public async ValueTask<T?> ReadAsync<T>(MessageParser<T> parser)
        where T : class, IMessage<T>
    {
        try
        {
            var head = await _stream.HeadAsync(_ct).ConfigureAwait(false);
            if (Failure(head) is { } early)
                throw early;
            if (Value(head, ":status") is not "200" and var status)
                throw new GrpcException(GrpcCode.Unavailable, $"unexpected HTTP status code {status}");
            if (await _reader.ReadAsync(parser, _ct).ConfigureAwait(false) is { } message)
                return message;
            if (Failure(_stream.Trailers) is { } late)
                throw late;
            return null;
        }
        catch (IOException e)
        {
            throw Lost(e);
        }
    }

    public ValueTask DisposeAsync()
    {
        _stream.Reset();
        return ValueTask.CompletedTask;
    }

    internal static GrpcException Lost(Exception e) =>
        new(GrpcCode.Unavailable, $"the connection of the session is gone: {e.Message}", inner: e);

    static GrpcException? Failure(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        if (
            Value(headers, "grpc-status") is not { } text
            || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            || code == 0
        )
            return null;
        return new GrpcException(
            code is > 0 and <= 16 ? (GrpcCode)code : GrpcCode.Unknown,
            GrpcText.Unescape(Value(headers, "grpc-message") ?? ""),
            Details(headers)
        );
    }

    static Status? Details(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        if (Value(headers, "grpc-status-details-bin") is not { Length: > 0 } text)
            return null;
        try
        {
            return Status.Parser.ParseFrom(Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '=')));
        }
        catch (Exception e) when (e is FormatException or InvalidProtocolBufferException)
        {
            return null;
        }
    }

    static string? Value(IReadOnlyList<KeyValuePair<string, string>> headers, string name)
    {
        foreach (var header in headers)
            if (header.Key == name)
                return header.Value;
        return null;
    }
}
