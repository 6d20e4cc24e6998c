using System.Net;
using Google.Protobuf;
using Pier.Contracts.Grpc;

namespace Pier.Api.Grpc;

/// <summary>
/// The calling side of gRPC over one byte stream whose other end is the server: what a BuildKit session is. HTTP/2 is SocketsHttpHandler's; when the
/// stream is gone every call ends with <see cref="GrpcCode.Unavailable"/>.
/// </summary>
sealed class GrpcChannel : IAsyncDisposable
{
    readonly HttpMessageInvoker _http;
    readonly Stream _stream;
    int _used;

    public GrpcChannel(Stream stream)
    {
        _stream = stream;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = (_, _) => Interlocked.Exchange(ref _used, 1) == 0
                ? ValueTask.FromResult(_stream)
                : ValueTask.FromException<Stream>(new IOException("the session is closed")),
            EnableMultipleHttp2Connections = false,
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            InitialHttp2StreamWindowSize = 4 << 20,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
        }, disposeHandler: true);
    }

    /// <summary>One message there, one back. <paramref name="path"/> is "/package.Service/Method". Throws <see cref="GrpcException"/>.</summary>
    public async Task<TAnswer> CallAsync<TAnswer>(string path, IMessage message, MessageParser<TAnswer> parser, CancellationToken ct)
        where TAnswer : class, IMessage<TAnswer>
    {
        await using var call = Open(path, [], ct);
        await call.WriteAsync(message);
        call.CompleteWrites();
        var answer = await call.ReadAsync(parser);
        if (answer is not null && await call.ReadAsync(parser) is not null) throw new GrpcException(GrpcCode.Internal, "more than one answer");
        return answer ?? throw new GrpcException(GrpcCode.Internal, "no answer");
    }

    /// <summary>A call of two streams. Disposing it before its end cancels it.</summary>
    public GrpcStreams Open(string path, IEnumerable<KeyValuePair<string, string>> metadata, CancellationToken ct)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "http://session" + path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TryAddWithoutValidation("TE", "trailers");
        foreach (var (key, value) in metadata) request.Headers.TryAddWithoutValidation(key, value);
        return new GrpcStreams(_http, request, ct);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _stream.DisposeAsync();
    }
}
