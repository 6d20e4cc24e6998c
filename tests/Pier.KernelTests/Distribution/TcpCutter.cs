using System.Net;
using System.Net.Sockets;

namespace Pier.KernelTests.Distribution;

/// <summary>Forwards bytes, and cuts the first connections that carry more than so many towards the server.</summary>
public sealed class TcpCutter : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly IPEndPoint _server;
    readonly int _cutAfter,
        _times;
    readonly Task _running;
    int _cuts;

    public TcpCutter(IPEndPoint server, int cutAfter, int times)
    {
        (_server, _cutAfter, _times) = (server, cutAfter, times);
        _listener.Start();
        _running = RunAsync();
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public int Cuts => _cuts;

    async Task RunAsync()
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptSocketAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
            _ = Task.Run(() => ForwardAsync(client));
        }
    }

    async Task ForwardAsync(Socket client)
    {
        using (client)
        using (var server = new Socket(SocketType.Stream, ProtocolType.Tcp))
        {
            await server.ConnectAsync(_server);
            await Task.WhenAny(CopyAsync(client, server, isRequest: true), CopyAsync(server, client, isRequest: false));
            // Half a connection is none for HTTP.
            await Task.Delay(100);
        }
    }

    async Task CopyAsync(Socket from, Socket to, bool isRequest)
    {
        var buffer = new byte[16 << 10];
        try
        {
            for (long total = 0; ; )
            {
                var read = await from.ReceiveAsync(buffer);
                if (read == 0)
                    return;
                for (var sent = 0; sent < read; )
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
                total += read;
                if (!isRequest || total < _cutAfter || Volatile.Read(ref _cuts) >= _times)
                    continue;
                Interlocked.Increment(ref _cuts);
                return;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other side is gone.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _running;
    }
}
