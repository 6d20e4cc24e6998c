using System.Net.Sockets;

namespace Pier.Engine.Builds.Sessions;

/// <summary>A unix socket of this host, each connection of which is one to the client's ssh agent. Lives as long as its build.</summary>
sealed class AgentSocket : IAsyncDisposable
{
    readonly Socket _listener;
    readonly CancellationTokenSource _closing = new();
    readonly Task _serving;

    public AgentSocket(string path, Func<CancellationToken, Task<Stream>> connect)
    {
        Path = path;
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(16);
        _serving = ServeAsync(connect);
    }

    public string Path { get; }

    async Task ServeAsync(Func<CancellationToken, Task<Stream>> connect)
    {
        var running = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_closing.Token).ConfigureAwait(false);
                running.RemoveAll(t => t.IsCompleted);
                running.Add(ForwardAsync(socket, connect));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The build is over.
        }
        await Task.WhenAll(running).ConfigureAwait(false);
    }

    async Task ForwardAsync(Socket socket, Func<CancellationToken, Task<Stream>> connect)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        try
        {
            await using var inside = new NetworkStream(socket, ownsSocket: true);
            await using var agent = await connect(ended.Token).ConfigureAwait(false);
            var there = inside.CopyToAsync(agent, ended.Token);
            var back = agent.CopyToAsync(inside, ended.Token);
            // An agent's connection has no half-close: the end of one direction is the end of both.
            await Task.WhenAny(there, back).ConfigureAwait(false);
            await ended.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(there, back).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The process in the step sees a closed connection; that is what an agent that went away looks like.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _serving.ConfigureAwait(false);
        File.Delete(Path);
        _closing.Dispose();
    }
}
