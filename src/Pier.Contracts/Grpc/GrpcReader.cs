using System.Buffers;
using Google.Protobuf;

namespace Pier.Contracts.Grpc;

/// <summary>Reads messages from a stream, one at a time; one reader at a time.</summary>
public sealed class GrpcReader(Stream stream, int limit = GrpcFrame.DefaultLimit)
{
    readonly byte[] _header = new byte[GrpcFrame.HeaderLength];

    /// <summary>
    /// The next message, or null where the stream ends between messages. Throws <see cref="GrpcException"/> when it ends within one.
    /// </summary>
    public async ValueTask<T?> ReadAsync<T>(MessageParser<T> parser, CancellationToken ct)
        where T : class, IMessage<T>
    {
        var got = await stream.ReadAtLeastAsync(_header, GrpcFrame.HeaderLength, throwOnEndOfStream: false, ct).ConfigureAwait(false);
        if (got == 0)
            return null;
        if (got < GrpcFrame.HeaderLength)
            throw Torn();
        var length = GrpcFrame.ReadLength(_header, limit);
        // What is announced is not yet there: memory is taken as the bytes come in.
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(length, FirstPart));
        try
        {
            var have = 0;
            while (have < length)
            {
                if (have == buffer.Length)
                    buffer = Grown(buffer, length);
                var count = await stream.ReadAsync(buffer.AsMemory(have, Math.Min(buffer.Length, length) - have), ct).ConfigureAwait(false);
                if (count == 0)
                    throw Torn();
                have += count;
            }
            return GrpcFrame.Parse(parser, buffer.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    const int FirstPart = 64 << 10;

    static byte[] Grown(byte[] full, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(length, full.Length * 2L));
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }

    static GrpcException Torn() => new(GrpcCode.Internal, "unexpected EOF");
}
