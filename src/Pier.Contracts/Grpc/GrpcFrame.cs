using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;

namespace Pier.Contracts.Grpc;

/// <summary>
/// A message on the wire: a byte that says whether it is compressed, four of length (big-endian), the message. Nothing here is ever
/// compressed: neither side offers an encoding.
/// </summary>
public static class GrpcFrame
{
    public const int HeaderLength = 5;

    /// <summary>What BuildKit allows for a message in either direction.</summary>
    public const int DefaultLimit = 16 << 20;

    /// <summary>Writes a message with its prefix; the caller flushes.</summary>
    public static void Write(IBufferWriter<byte> target, IMessage message)
    {
        var length = message.CalculateSize();
        var header = target.GetSpan(HeaderLength);
        header[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], (uint)length);
        target.Advance(HeaderLength);
        message.WriteTo(target);
    }

    /// <summary>The length that a prefix announces. Throws <see cref="GrpcException"/> for a compressed or an oversized message.</summary>
    public static int ReadLength(ReadOnlySpan<byte> header, int limit)
    {
        if (header[0] != 0)
            throw new GrpcException(GrpcCode.Unimplemented, "compressed messages are not supported");
        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (length > (uint)limit)
            throw new GrpcException(GrpcCode.ResourceExhausted, $"received message larger than max ({length} vs. {limit})");
        return (int)length;
    }

    /// <summary>Parses a message; what is not one is <see cref="GrpcCode.Internal"/>, as in grpc-go.</summary>
    public static T Parse<T>(MessageParser<T> parser, ReadOnlySpan<byte> bytes)
        where T : class, IMessage<T>
    {
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new GrpcException(GrpcCode.Internal, $"failed to unmarshal the received message: {e.Message}", inner: e);
        }
    }
}
