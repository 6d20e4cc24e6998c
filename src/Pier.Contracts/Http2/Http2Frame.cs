using System.Buffers.Binary;

namespace Pier.Contracts.Http2;

/// <summary>RFC 9113 section 6.</summary>
enum FrameType : byte
{
    Data = 0,
    Headers = 1,
    Priority = 2,
    ResetStream = 3,
    Settings = 4,
    PushPromise = 5,
    Ping = 6,
    GoAway = 7,
    WindowUpdate = 8,
    Continuation = 9,
}

/// <summary>Flags of frames; what a bit means depends on the type.</summary>
[Flags]
enum FrameFlags : byte
{
    None = 0,
    EndStream = 1,
    Ack = 1,
    EndHeaders = 4,
    Padded = 8,
    Priority = 0x20,
}

/// <summary>RFC 9113 section 7, as far as they are sent.</summary>
enum Http2Error : uint
{
    None = 0,
    Protocol = 1,
    Internal = 2,
    FlowControl = 3,
    StreamClosed = 5,
    FrameSize = 6,
    RefusedStream = 7,
    Cancel = 8,
    Compression = 9,
    EnhanceYourCalm = 11,
}

/// <summary>The nine bytes before every frame's payload.</summary>
readonly record struct FrameHeader(int Length, FrameType Type, FrameFlags Flags, int Stream)
{
    internal const int Size = 9;

    internal static FrameHeader Read(ReadOnlySpan<byte> bytes) =>
        new(
            bytes[0] << 16 | bytes[1] << 8 | bytes[2],
            (FrameType)bytes[3],
            (FrameFlags)bytes[4],
            (int)(BinaryPrimitives.ReadUInt32BigEndian(bytes[5..]) & int.MaxValue)
        );

    /// <summary>A frame with its payload.</summary>
    internal static byte[] Frame(FrameType type, FrameFlags flags, int stream, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[Size + payload.Length];
        new FrameHeader(payload.Length, type, flags, stream).Write(frame);
        payload.CopyTo(frame.AsSpan(Size));
        return frame;
    }

    internal void Write(Span<byte> bytes)
    {
        (bytes[0], bytes[1], bytes[2], bytes[3], bytes[4]) = (
            (byte)(Length >> 16),
            (byte)(Length >> 8),
            (byte)Length,
            (byte)Type,
            (byte)Flags
        );
        BinaryPrimitives.WriteInt32BigEndian(bytes[5..], Stream);
    }
}

/// <summary>The peer broke the protocol, or this side ends a connection for a reason.</summary>
sealed class Http2Exception(Http2Error error, string message) : IOException(message)
{
    internal Http2Error Error { get; } = error;
}
