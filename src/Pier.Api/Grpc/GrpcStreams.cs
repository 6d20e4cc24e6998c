using System.Globalization;
using System.Net.Http.Headers;
using Google.Protobuf;
using Pier.Contracts.BuildKit.Errors;
using Pier.Contracts.Grpc;

namespace Pier.Api.Grpc;

/// <summary>A call under way: messages out and messages in, independently of each other.</summary>
sealed class GrpcStreams : IAsyncDisposable
{
    readonly CancellationTokenSource _ended;
    readonly HttpRequestMessage _request;
    readonly OutgoingMessages _outgoing = new();
    readonly Task<HttpResponseMessage> _answer;
    GrpcReader? _reader;

    public GrpcStreams(HttpMessageInvoker http, HttpRequestMessage request, CancellationToken ct)
    {
        _ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        _request = request;
        request.Content = _outgoing;
        _answer = SendAsync(http);
    }

    public async ValueTask WriteAsync(IMessage message)
    {
        try
        {
            await _outgoing.WriteAsync(message, _ended.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or ObjectDisposedException)
        {
            throw Lost(e);
        }
    }

    /// <summary>No more messages from this side.</summary>
    public void CompleteWrites() => _outgoing.Complete();

    /// <summary>The next message, or null at the end of a call that went well. Throws <see cref="GrpcException"/> with the server's status otherwise.</summary>
    public async ValueTask<T?> ReadAsync<T>(MessageParser<T> parser) where T : class, IMessage<T>
    {
        try
        {
            var answer = await _answer;
            if (Failure(answer.Headers) is { } early) throw early;
            if (!answer.IsSuccessStatusCode) throw new GrpcException(GrpcCode.Unavailable, $"unexpected HTTP status code {(int)answer.StatusCode}");
            _reader ??= new GrpcReader(await answer.Content.ReadAsStreamAsync(_ended.Token));
            if (await _reader.ReadAsync(parser, _ended.Token) is { } message) return message;
            if (Failure(answer.TrailingHeaders) is { } late) throw late;
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or ObjectDisposedException)
        {
            throw Lost(e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _outgoing.Complete();
        await _ended.CancelAsync();
        try
        {
            (await _answer).Dispose();
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Over is over.
        }
        _request.Dispose();
        _ended.Dispose();
    }

    async Task<HttpResponseMessage> SendAsync(HttpMessageInvoker http)
    {
        try
        {
            return await http.SendAsync(_request, _ended.Token);
        }
        catch (Exception e)
        {
            _outgoing.Fail(e);
            throw;
        }
    }

    static GrpcException? Failure(HttpHeaders headers)
    {
        if (!headers.TryGetValues("grpc-status", out var codes) || !int.TryParse(codes.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var code) || code == 0)
            return null;
        var message = headers.TryGetValues("grpc-message", out var texts) ? GrpcText.Unescape(texts.FirstOrDefault() ?? "") : "";
        return new GrpcException(code is > 0 and <= 16 ? (GrpcCode)code : GrpcCode.Unknown, message, Details(headers));
    }

    static Status? Details(HttpHeaders headers)
    {
        if (!headers.TryGetValues("grpc-status-details-bin", out var values) || values.FirstOrDefault() is not { Length: > 0 } text) return null;
        try
        {
            return Parse(text);
        }
        catch (Exception e) when (e is FormatException or InvalidProtocolBufferException)
        {
            return null;
        }
    }

    static Status Parse(string text) =>
        Status.Parser.ParseFrom(Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '=')));

    static GrpcException Lost(Exception e) => new(GrpcCode.Unavailable, $"the client's session is gone: {e.Message}", inner: e);
}
