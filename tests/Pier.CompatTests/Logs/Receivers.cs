using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Pier.CompatTests.Logs;

/// <summary>A listener of a log protocol: datagrams as they come, or the bytes of each connection.</summary>
sealed class Receiver : IDisposable
{
    readonly Socket _socket;
    readonly CancellationTokenSource _stop = new();
    readonly ConcurrentQueue<byte[]> _datagrams = new();
    readonly List<byte> _bytes = [];
    readonly Func<byte[], byte[]?>? _answer;

    Receiver(Socket socket, EndPoint at, Func<byte[], byte[]?>? answer)
    {
        (_socket, _answer) = (socket, answer);
        if (at is IPEndPoint)
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _socket.Bind(at);
        if (socket.SocketType == SocketType.Dgram)
        {
            _ = ReceiveAsync();
            return;
        }
        _socket.Listen();
        _ = AcceptAsync();
    }

    public static Receiver Udp() =>
        new(
            new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20 },
            new IPEndPoint(IPAddress.Loopback, 0),
            null
        );

    public static Receiver Tcp(int port = 0, Func<byte[], byte[]?>? answer = null) =>
        new(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), new IPEndPoint(IPAddress.Loopback, port), answer);

    public static Receiver Unix(string path, bool datagrams = false) =>
        new(
            new Socket(AddressFamily.Unix, datagrams ? SocketType.Dgram : SocketType.Stream, ProtocolType.Unspecified),
            new UnixDomainSocketEndPoint(path),
            null
        );

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public byte[][] Datagrams => [.. _datagrams];

    public byte[] Bytes
    {
        get
        {
            lock (_bytes)
                return [.. _bytes];
        }
    }

    async Task ReceiveAsync()
    {
        var buffer = new byte[1 << 17];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _datagrams.Enqueue(buffer[..await _socket.ReceiveAsync(buffer, _stop.Token)]);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                return;
            }
        }
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ReadAsync(await _socket.AcceptAsync(_stop.Token));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The test has ended.
        }
    }

    async Task ReadAsync(Socket connection)
    {
        using (connection)
        {
            var buffer = new byte[1 << 16];
            try
            {
                for (int read; (read = await connection.ReceiveAsync(buffer, _stop.Token)) > 0; )
                {
                    lock (_bytes)
                        _bytes.AddRange(buffer.AsSpan(0, read));
                    if (_answer?.Invoke(buffer[..read]) is { } answer)
                        await connection.SendAsync(answer);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // The sender or the test has ended.
            }
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _socket.Dispose();
    }
}
