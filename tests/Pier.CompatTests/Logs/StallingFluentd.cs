using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Pier.CompatTests.Logs;

/// <summary>A fluentd that acknowledges what it took; while it is stalled, connections stay open and nothing is read.</summary>
sealed class StallingFluentd : IDisposable
{
    readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    readonly CancellationTokenSource _stop = new();
    readonly List<string> _lines = [];
    int _limit;

    public StallingFluentd()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _socket.Listen();
        _ = AcceptAsync();
    }

    /// <summary>True at first.</summary>
    public bool Stalled => Volatile.Read(ref _limit) <= Lines.Length;

    /// <summary>Goes on until there are so many lines.</summary>
    public void StallAfter(int lines) => Volatile.Write(ref _limit, lines);

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public string[] Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
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
        using var owned = connection;
        var buffer = new byte[1 << 20];
        var length = 0;
        try
        {
            while (true)
            {
                while (Stalled)
                    await Task.Delay(20, _stop.Token);
                var read = await connection.ReceiveAsync(buffer.AsMemory(length), _stop.Token);
                if (read == 0)
                    return;
                length += read;
                if (Take(buffer.AsSpan(0, length)) is { } answer)
                {
                    length = 0;
                    await connection.SendAsync(answer, _stop.Token);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The sender or the test has ended.
        }
    }

    /// <summary>The acknowledgement of a message that is whole: only one is under way at a time.</summary>
    byte[]? Take(ReadOnlySpan<byte> bytes)
    {
        object?[] message;
        try
        {
            message = (object?[])MsgPack.Read(bytes)!;
        }
        catch (ArgumentOutOfRangeException)
        {
            return null;
        }
        lock (_lines)
            _lines.AddRange(((object?[])message[1]!).Select(e => (string)((Dictionary<string, object?>)((object?[])e!)[1]!)["log"]!));
        var chunk = Encoding.ASCII.GetBytes((string)((Dictionary<string, object?>)message[2]!)["chunk"]!);
        return [0x81, 0xa3, .. "ack"u8, (byte)(0xa0 | chunk.Length), .. chunk];
    }

    public void Dispose()
    {
        _stop.Cancel();
        _socket.Dispose();
    }
}
