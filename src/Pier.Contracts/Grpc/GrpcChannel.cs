using Google.Protobuf;
using Pier.Contracts.Http2;

namespace Pier.Contracts.Grpc;

/// <summary>
/// The calling side of gRPC over one byte stream whose other end is the server: what a BuildKit session is. When the stream is gone every
/// call ends with <see cref="GrpcCode.Unavailable"/>.
/// </summary>
public sealed class GrpcChannel : IAsyncDisposable
{
    readonly Http2Connection _http;
    readonly Stream _stream;

    public GrpcChannel(Stream stream)
    {
        _stream = stream;
        _http = Http2Connection.Connect(stream);
    }

    /// <summary>Ends when the connection has.</summary>
    public Task Completion => _http.Completion;

    /// <summary>
    /// One message there, one back. <paramref name="path"/> is "/package.Service/Method". Throws <see cref="GrpcException"/>.
    /// </summary>
    public async Task<TAnswer> CallAsync<TAnswer>(string path, IMessage message, MessageParser<TAnswer> parser, CancellationToken ct)
        where TAnswer : class, IMessage<TAnswer>
    {
        var call = await OpenAsync(path, [], ct).ConfigureAwait(false);
        await using var _ = call.ConfigureAwait(false);
        await call.WriteAsync(message).ConfigureAwait(false);
        await call.CompleteWritesAsync().ConfigureAwait(false);
        var answer = await call.ReadAsync(parser).ConfigureAwait(false);
        if (answer is not null && await call.ReadAsync(parser).ConfigureAwait(false) is not null)
            throw new GrpcException(GrpcCode.Internal, "more than one answer");
        return answer ?? throw new GrpcException(GrpcCode.Internal, "no answer");
    }

    /// <summary>A call of two streams; metadata may repeat a key. Disposing it before its end cancels it.</summary>
    public async Task<GrpcStreams> OpenAsync(string path, IEnumerable<KeyValuePair<string, string>> metadata, CancellationToken ct)
    {
        try
        {
            return new GrpcStreams(
                await _http
                    .OpenAsync(
                        [
                            new(":method", "POST"),
                            new(":scheme", "http"),
                            new(":path", path),
                            new(":authority", "session"),
                            new("content-type", "application/grpc"),
                            new("te", "trailers"),
                            .. metadata,
                        ],
                        ct
                    )
                    .ConfigureAwait(false),
                ct
            );
        }
        catch (IOException e)
        {
            throw GrpcStreams.Lost(e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _http.DisposeAsync().ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
    }
}
