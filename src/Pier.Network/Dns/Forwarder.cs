using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Network.Endpoints;

namespace Pier.Network.Dns;

/// <summary>
/// Asks other servers. Every question has a socket and a number of its own, and an answer is taken only when server, number and question
/// are those that were sent.
/// </summary>
/// <param name="worker">Opens sockets in a container's namespace.</param>
/// <param name="inside">The container's namespace.</param>
sealed class Forwarder(NamespaceWorker worker, SafeFileHandle inside)
{
    const int Port = 53,
        MaxPending = 256,
        MaxMessage = ushort.MaxValue,
        MaxServers = 3;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    int _pending;

    /// <summary>The answer with the asker's number, or null when no server gave one.</summary>
    /// <param name="query">The message as it came.</param>
    /// <param name="question">What it asks.</param>
    /// <param name="upstreams">Whom to ask.</param>
    /// <param name="tcp">It came by TCP: the answer may have any length.</param>
    public async Task<byte[]?> AskAsync(byte[] query, DnsQuestion question, Upstreams upstreams, bool tcp)
    {
        if (Interlocked.Increment(ref _pending) > MaxPending)
        {
            Interlocked.Decrement(ref _pending);
            return null;
        }

        try
        {
            foreach (var server in upstreams.Servers.Take(MaxServers))
            {
                var answer = await TryAskAsync(server, upstreams.FromHost, query, question, tcp).ConfigureAwait(false);
                if (answer is not null)
                    return answer;
            }

            return null;
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }
    }

    async Task<byte[]?> TryAskAsync(IPAddress server, bool fromHost, byte[] query, DnsQuestion question, bool tcp)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            var answer = await ExchangeAsync(server, fromHost, query, question, tcp, limit.Token).ConfigureAwait(false);
            if (!tcp && answer is not null && IsTruncated(answer))
            {
                // The whole of it by TCP; when that does not fit the asker's datagram, he gets the cut one and asks again himself.
                var whole = await ExchangeAsync(server, fromHost, query, question, tcp: true, limit.Token).ConfigureAwait(false);
                if (whole is not null && whole.Length <= question.UdpSize)
                    answer = whole;
            }

            return answer;
        }
        catch (Exception e)
            when (e is SocketException or OperationCanceledException or IOException or LinuxException or ObjectDisposedException)
        {
            return null;
        }
    }

    async Task<byte[]?> ExchangeAsync(IPAddress server, bool fromHost, byte[] query, DnsQuestion question, bool tcp, CancellationToken ct)
    {
        var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        var asked = (byte[])query.Clone();
        BinaryPrimitives.WriteUInt16BigEndian(asked, id);
        using var socket = Open(server.AddressFamily, tcp, fromHost);
        await socket.ConnectAsync(new IPEndPoint(server, Port), ct).ConfigureAwait(false);
        var answer = tcp
            ? await ByTcpAsync(socket, asked, ct).ConfigureAwait(false)
            : await ByUdpAsync(socket, asked, question, ct).ConfigureAwait(false);
        if (answer is null || !Matches(answer, asked, question))
            return null;
        BinaryPrimitives.WriteUInt16BigEndian(answer, question.Id);
        return answer;
    }

    Socket Open(AddressFamily family, bool tcp, bool fromHost)
    {
        Socket Make() =>
            tcp ? new Socket(family, SocketType.Stream, ProtocolType.Tcp) : new Socket(family, SocketType.Dgram, ProtocolType.Udp);
        return fromHost ? worker.Run(Make) : worker.Within(inside, Make);
    }

    static async Task<byte[]?> ByUdpAsync(Socket socket, byte[] asked, DnsQuestion question, CancellationToken ct)
    {
        await socket.SendAsync(asked, ct).ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent(MaxMessage);
        try
        {
            while (true)
            {
                var length = await socket.ReceiveAsync(buffer, ct).ConfigureAwait(false);
                // A forged one does not end the wait for the right one.
                if (Matches(buffer.AsSpan(0, length), asked, question))
                    return buffer[..length];
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    static async Task<byte[]?> ByTcpAsync(Socket socket, byte[] asked, CancellationToken ct)
    {
        await using var stream = new NetworkStream(socket);
        var framed = new byte[asked.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)asked.Length);
        asked.CopyTo(framed, 2);
        await stream.WriteAsync(framed, ct).ConfigureAwait(false);
        var length = new byte[2];
        await stream.ReadExactlyAsync(length, ct).ConfigureAwait(false);
        var answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await stream.ReadExactlyAsync(answer, ct).ConfigureAwait(false);
        return answer;
    }

    /// <summary>An answer (QR) with the number and the question that were asked; servers may change the case of letters.</summary>
    internal static bool Matches(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> asked, in DnsQuestion question)
    {
        if (answer.Length < question.End || (answer[2] & 0x80) == 0 || !answer[..2].SequenceEqual(asked[..2]))
            return false;
        if (BinaryPrimitives.ReadUInt16BigEndian(answer[4..]) != 1)
            return false;
        for (var i = DnsQuestion.HeaderLength; i < question.End; i++)
            if (Lower(answer[i]) != Lower(asked[i]))
                return false;
        return true;
    }

    static byte Lower(byte octet) => octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20) : octet;

    static bool IsTruncated(byte[] answer) => (answer[2] & 2) != 0;
}
