using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Pier.Linux.Sockets;

/// <summary>
/// Who sent a datagram (struct sockaddr_in6), and to which address on which interface (struct in6_pktinfo). Equal for one peer and one
/// address.
/// </summary>
public struct DatagramPeer : IEquatable<DatagramPeer>
{
    internal const int AddressSize = 28,
        InfoSize = 20,
        ControlHeader = 16;

    /// <summary>CMSG_SPACE of one in6_pktinfo.</summary>
    internal const int ControlSize = ControlHeader + 24;

    Bytes _bytes;

    [InlineArray(AddressSize + InfoSize)]
    struct Bytes
    {
        byte _first;
    }

    [UnscopedRef]
    internal Span<byte> Address => ((Span<byte>)_bytes)[..AddressSize];

    [UnscopedRef]
    internal Span<byte> Info => ((Span<byte>)_bytes)[AddressSize..];

    /// <summary>The way back: the interface counts for link-local addresses only, the others are routed.</summary>
    internal readonly byte[] AnswerInfo
    {
        get
        {
            var info = ((ReadOnlySpan<byte>)_bytes)[AddressSize..].ToArray();
            if (!(info[0] == 0xfe && (info[1] & 0xc0) == 0x80))
                info.AsSpan(16).Clear();
            return info;
        }
    }

    public readonly bool Equals(DatagramPeer other) => ((ReadOnlySpan<byte>)_bytes).SequenceEqual(other._bytes);

    public override readonly bool Equals(object? obj) => obj is DatagramPeer other && Equals(other);

    public override readonly int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }

    public static bool operator ==(DatagramPeer one, DatagramPeer other) => one.Equals(other);

    public static bool operator !=(DatagramPeer one, DatagramPeer other) => !one.Equals(other);
}
