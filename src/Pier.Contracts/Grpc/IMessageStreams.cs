using Google.Protobuf;

namespace Pier.Contracts.Grpc;

/// <summary>A call of two streams, from either side of it. One reader and one writer at a time.</summary>
public interface IMessageStreams
{
    /// <summary>The other side's next message, or null when it has no more.</summary>
    ValueTask<T?> ReadAsync<T>(MessageParser<T> parser)
        where T : class, IMessage<T>;

    ValueTask WriteAsync(IMessage message);

    /// <summary>No more messages from this side; a server's end of a call says so by its status instead.</summary>
    ValueTask CompleteWritesAsync();
}
