using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Pier.Contracts.Grpc;

namespace Pier.Api.Grpc;

/// <summary>One call that a client makes: its messages, and the way to answer. One reader and one writer at a time.</summary>
sealed class GrpcCall(HttpContext http, CancellationToken ended)
{
    readonly GrpcReader _reader = new(http.Request.Body);

    /// <summary>Cancelled when the client is gone, cancels the call, or its deadline is over.</summary>
    public CancellationToken Ended { get; } = ended;

    /// <summary>The values of a metadata key, in order.</summary>
    public IReadOnlyList<string> Metadata(string key) => [.. http.Request.Headers[key].Select(v => v ?? "")];

    /// <summary>Metadata of the answer; before its first message.</summary>
    public void Tell(string key, string value) => http.Response.Headers[key] = value;

    /// <summary>The client's next message, or null when it has no more.</summary>
    public ValueTask<T?> ReadAsync<T>(MessageParser<T> parser)
        where T : class, IMessage<T> => _reader.ReadAsync(parser, Ended);

    /// <summary>The one message of a call that takes one.</summary>
    public async ValueTask<T> ReadOneAsync<T>(MessageParser<T> parser)
        where T : class, IMessage<T> => await ReadAsync(parser) ?? throw new GrpcException(GrpcCode.Internal, "the request has no message");

    /// <summary>Sends a message at once.</summary>
    public async ValueTask WriteAsync(IMessage message)
    {
        GrpcFrame.Write(http.Response.BodyWriter, message);
        await http.Response.BodyWriter.FlushAsync(Ended);
    }

    /// <summary>Sends the answer's headers before there is a message: a client of two streams may wait for them.</summary>
    public Task StartAsync() => http.Response.StartAsync(Ended);
}
