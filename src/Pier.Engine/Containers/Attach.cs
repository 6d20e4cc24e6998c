using System.Net.Sockets;
using Pier.Engine.Logs;
using Pier.Model;
using Pier.Runtime;

namespace Pier.Engine.Containers;

public sealed partial class ContainerService
{
    const string DefaultDetachKeys = "ctrl-p,ctrl-q";

    /// <summary>May be called before the start: then it delivers from the first byte on.</summary>
    public async Task<AttachSession> AttachAsync(string reference, AttachRequest request, CancellationToken ct)
    {
        HostConfigSyntax.DetachKeys(request.DetachKeys, "detach");
        var container = parts.Containers.Resolve(reference);
        if (container.Status == ContainerStatus.Paused)
            throw new ConflictException($"container {container.Id} is paused, unpause the container before attach");
        if (container.Status == ContainerStatus.Restarting)
            throw new ConflictException($"container {container.Id} is restarting, wait until the container is running");
        var tty = container.Record.Config.Tty;
        var live = request.StreamOutput
            ? await parts
                .Runtime.AttachAsync(
                    container.Id,
                    new AttachOptions(
                        request.Stdin && container.Record.Config.OpenStdin,
                        request.Stdout,
                        request.Stderr,
                        request.DetachKeys is { Length: > 0 } keys ? keys : DefaultDetachKeys,
                        tty
                    ),
                    ct
                )
                .ConfigureAwait(false)
            : null;
        Publish(container, "attach");
        var stream = live ?? Stream.Null;
        if (request.Logs)
            stream = new PrefixedStream(
                await LogFrames
                    .ReadAsync(LogPagesAsync(container.Id, new LogsQuery(request.Stdout, request.Stderr, false, 0, 0, -1, false), ct), tty)
                    .ConfigureAwait(false),
                stream
            );
        return new AttachSession(stream, tty, () => CloseWrite(live));
    }

    internal static ValueTask CloseWrite(Stream? live)
    {
        try
        {
            if (live is NetworkStream network)
                network.Socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other side has ended: there is nobody left to tell.
        }
        return ValueTask.CompletedTask;
    }

    public Task ResizeAsync(string reference, int rows, int columns, CancellationToken ct)
    {
        var container = parts.Containers.Resolve(reference);
        if (!container.IsRunning)
            throw new ConflictException($"container {container.Id} is not running");
        return parts.Runtime.ResizeAsync(container.Id, rows, columns);
    }
}
