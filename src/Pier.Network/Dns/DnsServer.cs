using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Epoll;

namespace Pier.Network.Dns;

/// <summary>
/// Serves the resolvers of all containers from one thread: a query for a container's name is answered on the spot, without an allocation
/// for the transport; others are handed to the forwarder. Thread-safe.
/// </summary>
sealed class DnsServer : IDisposable
{
    const int MaxConnections = 32;

    static readonly TimeSpan ConnectionPatience = TimeSpan.FromSeconds(10);

    readonly Lock _gate = new();
    readonly EpollSet _epoll = new();
    readonly EventFd _wake = new();
    readonly Dictionary<long, (Resolver Resolver, bool Tcp, SafeFileHandle Handle)> _sockets = [];
    readonly Thread _thread;
    readonly byte[] _query = new byte[DnsAnswer.DatagramSize],
        _answer = new byte[DnsAnswer.DatagramSize];
    readonly SocketAddress _from = new(AddressFamily.InterNetwork);
    long _next;
    int _turn,
        _connections;
    volatile bool _disposed;

    public DnsServer()
    {
        _epoll.Add(_wake.Handle, Readiness.In, 0);
        _thread = new Thread(Loop) { IsBackground = true, Name = "names" };
        _thread.Start();
    }

    public void Add(Resolver resolver)
    {
        lock (_gate)
        {
            Watch(resolver, resolver.Udp, tcp: false);
            Watch(resolver, resolver.Tcp, tcp: true);
        }
    }

    /// <summary>Stops serving it and closes its sockets.</summary>
    public void Remove(Resolver resolver)
    {
        lock (_gate)
        {
            foreach (var (token, entry) in _sockets)
            {
                if (entry.Resolver != resolver)
                    continue;
                _epoll.Remove(entry.Handle);
                _sockets.Remove(token);
            }

            resolver.Dispose();
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _wake.Set();
        _thread.Join();
        foreach (var resolver in _sockets.Values.Select(s => s.Resolver).Distinct().ToList())
            resolver.Dispose();
        _epoll.Dispose();
        _wake.Dispose();
    }

    void Watch(Resolver resolver, Socket socket, bool tcp)
    {
        var handle = new SafeFileHandle(socket.SafeHandle.DangerousGetHandle(), ownsHandle: false);
        _sockets[++_next] = (resolver, tcp, handle);
        _epoll.Add(handle, Readiness.In, _next);
    }

    void Loop()
    {
        Span<EpollEvent> events = stackalloc EpollEvent[64];
        while (!_disposed)
        {
            var count = _epoll.Wait(events, -1);
            for (var i = 0; i < count; i++)
            {
                lock (_gate)
                {
                    if (_disposed || !_sockets.TryGetValue(events[i].Token, out var entry))
                        continue;
                    if (entry.Tcp)
                        Accept(entry.Resolver);
                    else
                        Receive(entry.Resolver);
                }
            }
        }
    }

    void Receive(Resolver resolver)
    {
        try
        {
            var length = resolver.Udp.ReceiveFrom(_query, SocketFlags.None, _from);
            var query = _query.AsSpan(0, length);
            if (!DnsQuestion.TryRead(query, out var question))
                return;
            var limit = Math.Min(question.UdpSize, DnsAnswer.DatagramSize);
            var written = resolver.View.Answer(query, question, _answer, limit, _turn++ & 0xffff);
            if (written > 0)
                resolver.Udp.SendTo(_answer.AsSpan(0, written), SocketFlags.None, _from);
            else
                _ = ForwardAsync(resolver, query.ToArray(), question, Copy(_from));
        }
        catch (SocketException)
        {
            // Nothing there after all, or the asker's socket is gone (ECONNREFUSED of an earlier answer).
        }
    }

    static SocketAddress Copy(SocketAddress from)
    {
        var copy = new SocketAddress(from.Family, from.Size);
        from.Buffer[..from.Size].CopyTo(copy.Buffer);
        return copy;
    }

    static async Task ForwardAsync(Resolver resolver, byte[] query, DnsQuestion question, SocketAddress to)
    {
        await Task.Yield();
        var answer =
            await resolver.Forwarder.AskAsync(query, question, resolver.View.Upstreams, tcp: false).ConfigureAwait(false)
            ?? Failure(query, question);
        try
        {
            resolver.Udp.SendTo(answer, SocketFlags.None, to);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The container is gone.
        }
    }

    static byte[] Failure(byte[] query, DnsQuestion question)
    {
        var answer = new byte[DnsQuestion.MinimumUdpSize];
        return answer[..DnsAnswer.Write(answer, query, question, DnsResult.ServerFailure, answer.Length)];
    }

    void Accept(Resolver resolver)
    {
        try
        {
            var connection = resolver.Tcp.Accept();
            // It has taken that from the listener.
            connection.Blocking = true;
            if (_connections >= MaxConnections)
                connection.Dispose();
            else
                _ = ServeAsync(resolver, connection);
        }
        catch (SocketException) { }
    }

    async Task ServeAsync(Resolver resolver, Socket connection)
    {
        Interlocked.Increment(ref _connections);
        try
        {
            await Task.Yield();
            using var limit = new CancellationTokenSource(ConnectionPatience);
            await using var stream = new NetworkStream(connection, ownsSocket: true);
            var frame = new byte[2];
            while (await stream.ReadAtLeastAsync(frame, 2, throwOnEndOfStream: false, limit.Token).ConfigureAwait(false) == 2)
            {
                var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(frame)];
                await stream.ReadExactlyAsync(query, limit.Token).ConfigureAwait(false);
                if (!DnsQuestion.TryRead(query, out var question))
                    return;
                var answer =
                    Answer(resolver, query, question)
                    ?? await resolver.Forwarder.AskAsync(query, question, resolver.View.Upstreams, tcp: true).ConfigureAwait(false)
                    ?? Failure(query, question);
                BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)answer.Length);
                await stream.WriteAsync((byte[])[.. frame, .. answer], limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The asker went away or fell silent.
        }
        finally
        {
            connection.Dispose();
            Interlocked.Decrement(ref _connections);
        }
    }

    byte[]? Answer(Resolver resolver, byte[] query, in DnsQuestion question)
    {
        var answer = new byte[ushort.MaxValue];
        var length = resolver.View.Answer(query, question, answer, answer.Length, Interlocked.Increment(ref _turn) & 0xffff);
        return length > 0 ? answer[..length] : null;
    }
}
