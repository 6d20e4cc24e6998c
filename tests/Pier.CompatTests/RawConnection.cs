using System.Net.Sockets;
using System.Text;

namespace Pier.CompatTests;

/// <summary>A connection to a daemon's unix socket, for bytes that no client would send.</summary>
public sealed class RawConnection : IDisposable
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    RawConnection() { }

    public static async Task<RawConnection> OpenAsync(string path)
    {
        var connection = new RawConnection();
        await connection._socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        return connection;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, TimeSpan? patience = null)
    {
        using var limit = new CancellationTokenSource(patience ?? Limit);
        while (!bytes.IsEmpty)
            bytes = bytes[await _socket.SendAsync(bytes, limit.Token)..];
    }

    /// <summary>Reads until the text is there, or the end; what was read.</summary>
    public Task<string> ReadUntilAsync(string text) => ReadUntilAsync(read => read.Contains(text, StringComparison.Ordinal));

    /// <summary>Reads until it is enough, or the end; what was read, a character a byte.</summary>
    public async Task<string> ReadUntilAsync(Func<string, bool> enough)
    {
        using var limit = new CancellationTokenSource(Limit);
        var read = new StringBuilder();
        var buffer = new byte[64 << 10];
        while (!enough(read.ToString()))
        {
            var count = await _socket.ReceiveAsync(buffer, limit.Token);
            if (count == 0)
                break;
            read.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
        return read.ToString();
    }

    /// <summary>Whether the other side ends the connection in the time; what it sends is dropped.</summary>
    public async Task<bool> EndsAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        var buffer = new byte[64 << 10];
        try
        {
            while (await _socket.ReceiveAsync(buffer, limit.Token) > 0) { }
            return true;
        }
        catch (SocketException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose() => _socket.Dispose();
}
