using System.Globalization;
using Pier.Engine.Networks;
using Pier.Model;
using Pier.Runtime;

namespace Pier.Engine.Containers;

public sealed partial class ContainerService
{
    static readonly TimeSpan FirstRestartDelay = TimeSpan.FromMilliseconds(100),
        GreatestRestartDelay = TimeSpan.FromMinutes(1),
        SteadyRun = TimeSpan.FromSeconds(10);

    /// <summary>Takes an exit over: first the store, then the supervisor may forget it, then everyone is told.</summary>
    internal async Task ExitedAsync(Container container, ProcessExit exit)
    {
        await container.Gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!container.IsRunning)
                return;
            var wasPaused = container.Status == ContainerStatus.Paused;
            parts.Network.Release(container.Id);
            container.Sandbox = null;
            var left = container.Record.Network;
            // Taken before anybody hears of the end: a restart gives the mark back to the run that comes.
            var removes = container.Record.HostConfig.AutoRemove;
            container.Pid = 0;
            health.End(container);
            // The record before the status: who sees "exited" reads this run's exit code.
            Keep(
                container,
                container.Record with
                {
                    Running = false,
                    Network = null,
                    ExitCode = exit.ExitCode,
                    OomKilled = exit.OutOfMemory,
                    FinishedAt = exit.ExitedAt,
                }
            );
            container.Status = ContainerStatus.Exited;
            mounts.Release(container.Record);
            await parts.Runtime.ReleaseAsync(container.Id).ConfigureAwait(false);
            if (container.Root is { } root)
                parts.Store.Snapshots.Unmount(container.Id, root);
            container.Root = null;
            container.RunEnds();
            NetworkEvents.PublishAll(parts, container.Id, left, "disconnect");
            if (exit.OutOfMemory)
                Publish(container, "oom");
            if (wasPaused)
                Publish(container, "unpause");
            var seconds = container.Record.StartedAt is { } started ? (long)(exit.ExitedAt - started).TotalSeconds : 0;
            Publish(
                container,
                "die",
                ("exitCode", exit.ExitCode.ToString(CultureInfo.InvariantCulture)),
                ("execDuration", Math.Max(0, seconds).ToString(CultureInfo.InvariantCulture))
            );
            var status = new ContainerExitStatus(exit.ExitCode, null);
            if (RestartDelay(container, exit) is { } delay)
            {
                container.Status = ContainerStatus.Restarting;
                ScheduleRestart(container, delay);
                container.Waiters.Exited(status);
                return;
            }
            container.Waiters.Exited(status);
            if (removes)
                RemoveLocked(container, volumes: true);
        }
        finally
        {
            container.Gate.Release();
        }
    }

    /// <summary>Null when the restart policy leaves it stopped. The delay doubles with every quick failure, up to a minute.</summary>
    TimeSpan? RestartDelay(Container container, ProcessExit exit)
    {
        var record = container.Record;
        var policy = record.HostConfig.RestartPolicy!;
        var wanted = policy.Name switch
        {
            "always" or "unless-stopped" => !record.ManuallyStopped,
            "on-failure" => !record.ManuallyStopped
                && exit.ExitCode != 0
                && (policy.MaximumRetryCount == 0 || record.RestartCount < policy.MaximumRetryCount),
            _ => false,
        };
        if (!wanted)
            return null;
        var steady = record.StartedAt is { } started && exit.ExitedAt - started >= SteadyRun;
        var doubled = container.LastRestartDelay * 2;
        container.LastRestartDelay =
            steady || doubled == TimeSpan.Zero ? FirstRestartDelay
            : doubled < GreatestRestartDelay ? doubled
            : GreatestRestartDelay;
        return container.LastRestartDelay;
    }

    void ScheduleRestart(Container container, TimeSpan delay)
    {
        var pending = new CancellationTokenSource();
        container.PendingRestart = pending;
        _ = RestartLaterAsync(container, delay, pending);
    }

    async Task RestartLaterAsync(Container container, TimeSpan delay, CancellationTokenSource pending)
    {
        try
        {
            await Task.Delay(delay, parts.Time, pending.Token).ConfigureAwait(false);
            await container.Gate.WaitAsync(pending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        try
        {
            if (pending.IsCancellationRequested || container.Status != ContainerStatus.Restarting)
                return;
            container.Record = container.Record with { RestartCount = container.Record.RestartCount + 1 };
            await starter.StartAsync(container, CancellationToken.None).ConfigureAwait(false);
        }
        catch (EngineException)
        {
            // The reason is in the record (ContainerStarter put it there); a start that fails ends the policy.
            RestartEnds(container);
        }
        finally
        {
            container.PendingRestart = null;
            container.Gate.Release();
            pending.Dispose();
        }
    }

    /// <summary>A container that was to come up again does not: who began to wait meanwhile is told.</summary>
    static void RestartEnds(Container container)
    {
        container.Status = ContainerStatus.Exited;
        container.Waiters.Exited(container.LastExit);
    }
}
