using Pier.Model;

namespace Pier.Engine.Containers;

public sealed partial class ContainerService
{
    const int DefaultStopSeconds = 10;

    // A killed process ends at once unless the kernel holds it (a dead network file system); then a caller gets an error, not silence.
    static readonly TimeSpan KillPatience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Signals and waits, then kills. A null timeout is the container's own (10 s); -1 waits for ever. NotModified when it does not run.
    /// </summary>
    public async Task StopAsync(string reference, int? timeoutSeconds, string? signal, CancellationToken ct)
    {
        var container = parts.Containers.Resolve(reference);
        await SettleAsync(container, ct).ConfigureAwait(false);
        if (container.Status == ContainerStatus.Restarting)
        {
            await MarkStoppedAsync(container, ct).ConfigureAwait(false);
            return;
        }
        if (!container.IsRunning)
            throw new NotModifiedException($"container {container.Id} is not running");
        await StopRunningAsync(container, timeoutSeconds, signal, ct).ConfigureAwait(false);
        Publish(container, "stop");
    }

    async Task StopRunningAsync(Container container, int? timeoutSeconds, string? signal, CancellationToken ct)
    {
        var config = container.Record.Config;
        var number = signal is { Length: > 0 } ? Signals.Parse(signal) : StopSignal(config);
        await MarkStoppedAsync(container, ct).ConfigureAwait(false);
        var exited = container.Waiters.Add(WaitCondition.NextExit, ct);
        var seconds = timeoutSeconds ?? config.StopTimeout ?? DefaultStopSeconds;
        if (!container.IsRunning)
        {
            container.Waiters.Forget(exited);
            return;
        }
        if (container.Status == ContainerStatus.Paused)
            await parts.Runtime.ResumeAsync(container.Id).ConfigureAwait(false);
        if (seconds != 0)
        {
            await SendAsync(container, number).ConfigureAwait(false);
            var patience = seconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(seconds);
            if (await EndsWithinAsync(exited, patience, ct).ConfigureAwait(false))
                return;
        }
        await SendAsync(container, Signals.Kill).ConfigureAwait(false);
        if (!await EndsWithinAsync(exited, KillPatience, ct).ConfigureAwait(false))
            throw new HostFailureException(
                $"cannot stop container: {Model.Ids.Short(container.Id)}: tried to kill container, but did not receive an exit event"
            );
    }

    static int StopSignal(ContainerConfig config) => config.StopSignal is { Length: > 0 } own ? Signals.Parse(own) : Signals.Terminate;

    /// <summary>Waits for a start that is under way: whoever ends a container means that run too.</summary>
    static async Task SettleAsync(Container container, CancellationToken ct)
    {
        await container.Gate.WaitAsync(ct).ConfigureAwait(false);
        container.Gate.Release();
    }

    /// <summary>Stop, if it runs, and start: both, though the client should lose its patience in between.</summary>
    public async Task RestartAsync(string reference, int? timeoutSeconds, string? signal, CancellationToken ct)
    {
        var container = parts.Containers.Resolve(reference);
        await SettleAsync(container, ct).ConfigureAwait(false);
        container.BeginRestart();
        try
        {
            await StopAndStartAsync(container, timeoutSeconds, signal).ConfigureAwait(false);
        }
        finally
        {
            container.EndRestart();
        }

        Publish(container, "restart");
    }

    async Task StopAndStartAsync(Container container, int? timeoutSeconds, string? signal)
    {
        var removes = container.Record.HostConfig.AutoRemove;
        if (removes)
            container.Record = container.Record with { HostConfig = container.Record.HostConfig with { AutoRemove = false } };
        try
        {
            if (container.IsRunning)
                await StopRunningAsync(container, timeoutSeconds, signal, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            if (removes)
                container.Record = container.Record with { HostConfig = container.Record.HostConfig with { AutoRemove = true } };
        }
        try
        {
            await StartAsync(container.Id, CancellationToken.None).ConfigureAwait(false);
        }
        catch (NotModifiedException)
        {
            // Somebody else, or its restart policy, was faster.
        }
    }

    /// <summary>A restart policy does not bring back what a user stopped.</summary>
    async Task MarkStoppedAsync(Container container, CancellationToken ct)
    {
        await container.Gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (!container.Record.ManuallyStopped)
                Keep(
                    container,
                    container.Record with
                    {
                        ManuallyStopped = true,
                    },
                    durable: container.Record.HostConfig.RestartPolicy!.Name is not ("" or "no")
                );
            // Also one that has ended by itself since it was looked at.
            container.PendingRestart?.Cancel();
            if (container.Status == ContainerStatus.Restarting)
                RestartEnds(container);
        }
        finally
        {
            container.Gate.Release();
        }
    }

    /// <summary>Signals the init process; an end in between is no error.</summary>
    async Task SendAsync(Container container, int signal)
    {
        try
        {
            await parts.Runtime.SignalAsync(container.Id, signal).ConfigureAwait(false);
        }
        catch (NotFoundException) { }
    }

    async Task<bool> EndsWithinAsync(Task exited, TimeSpan patience, CancellationToken ct)
    {
        try
        {
            await exited.WaitAsync(patience, parts.Time, ct).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
