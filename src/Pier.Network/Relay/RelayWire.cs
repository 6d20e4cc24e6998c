using System.Buffers.Binary;
using System.Net;
using Pier.Network.Publishing;

namespace Pier.Network.Relay;

/// <summary>
/// Messages between daemon and relay on a packet socket: a kind, then entries of fixed size. Addresses are 16 bytes, IPv4 mapped into IPv6;
/// numbers are in network order. Each is answered with its kind.
/// </summary>
static class RelayWire
{
    /// <summary>
    /// Opens ports, or gives open ones another target. Their listening sockets go along, in order, for entries that say so.
    /// </summary>
    public const byte Open = 1;

    /// <summary>Closes ports and their connections; the answer comes when the host ports are free.</summary>
    public const byte Close = 2;

    /// <summary>Closes what this connection has not opened: a daemon that starts again has said all that it knows.</summary>
    public const byte Sweep = 3;

    /// <summary>Entries of a message: their descriptors fit into one message as well.</summary>
    public const int Batch = 100;

    public const int MaxMessage = 1 + Batch * EntryLength;

    const int KeyLength = 19,
        EntryLength = KeyLength + 19;

    public static byte[] WriteOpen(IReadOnlyList<RelayedPort> ports)
    {
        var message = new byte[1 + ports.Count * EntryLength];
        message[0] = Open;
        for (var i = 0; i < ports.Count; i++)
        {
            var entry = message.AsSpan(1 + i * EntryLength, EntryLength);
            WriteKey(entry, ports[i].Port);
            Write(entry[KeyLength..], ports[i].Target.Address, ports[i].Target.Port);
            entry[EntryLength - 1] = ports[i].Socket is null ? (byte)0 : (byte)1;
        }

        return message;
    }

    public static byte[] WriteClose(IReadOnlyList<PublishedPort> ports)
    {
        var message = new byte[1 + ports.Count * KeyLength];
        message[0] = Close;
        for (var i = 0; i < ports.Count; i++)
            WriteKey(message.AsSpan(1 + i * KeyLength), ports[i]);
        return message;
    }

    public static IEnumerable<(RelayKey Key, IPEndPoint Target, bool HasSocket)> ReadOpen(ReadOnlyMemory<byte> message)
    {
        for (var at = 1; at + EntryLength <= message.Length; at += EntryLength)
        {
            var entry = message[at..(at + EntryLength)];
            var (address, port) = Read(entry.Span[KeyLength..]);
            yield return (ReadKey(entry.Span), new IPEndPoint(address, port), entry.Span[EntryLength - 1] == 1);
        }
    }

    public static IEnumerable<RelayKey> ReadClose(ReadOnlyMemory<byte> message)
    {
        for (var at = 1; at + KeyLength <= message.Length; at += KeyLength)
            yield return ReadKey(message.Span[at..]);
    }

    static void WriteKey(Span<byte> to, PublishedPort port)
    {
        to[0] = (byte)port.Protocol;
        Write(to[1..], port.HostAddress, port.HostPort);
    }

    static RelayKey ReadKey(ReadOnlySpan<byte> from)
    {
        var (address, port) = Read(from[1..]);
        return new RelayKey((TransportProtocol)from[0], address, port);
    }

    static void Write(Span<byte> to, IPAddress address, int port)
    {
        address.MapToIPv6().TryWriteBytes(to, out _);
        BinaryPrimitives.WriteUInt16BigEndian(to[16..], (ushort)port);
    }

    static (IPAddress Address, int Port) Read(ReadOnlySpan<byte> from)
    {
        var address = new IPAddress(from[..16]);
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, BinaryPrimitives.ReadUInt16BigEndian(from[16..]));
    }
}

/// <summary>A host port, as the relay knows it.</summary>
readonly record struct RelayKey(TransportProtocol Protocol, IPAddress Address, int Port);

/// <summary>
/// A host port that is passed on by the relay: its listening socket (null: the relay has it already) and the container's address.
/// </summary>
sealed record RelayedPort(PublishedPort Port, IPEndPoint Target, System.Net.Sockets.Socket? Socket);
