using Pier.Engine.Specs;
using Pier.Model;
using Pier.Runtime;

namespace Pier.Engine.Containers;

public sealed partial class ContainerService
{
    /// <summary>
    /// After a start of the engine: containers from the store, with what the supervisor says of their processes. The answer is the exits
    /// that happened while no engine was there.
    /// </summary>
    internal IReadOnlyList<ProcessExit> Reconcile(IReadOnlyDictionary<string, LiveProcess> live)
    {
        var ended = new List<ProcessExit>();
        foreach (var (_, record) in parts.Records.All.ToArray())
        {
            // The directory goes before the record: this removal was not finished.
            if (!live.ContainsKey(record.Id) && !Directory.Exists(parts.Store.Layout.Container(record.Id)))
            {
                parts.Store.Snapshots.Remove(record.Id);
                parts.Records.Delete(record.Id);
                continue;
            }
            var container = new Container(record);
            parts.Containers.Reserve(record.Name, record.Id);
            parts.Containers.Add(container);
            if (live.TryGetValue(record.Id, out var process))
            {
                container.Status = ContainerStatus.Running;
                container.Pid = process.Pid;
                container.RunBegins();
                // The engine may have died between the launch and its record: that one has the times of the run before.
                container.Record = record with
                {
                    Running = true,
                    StartedAt = record.StartedAt is { } told && !(record.FinishedAt >= told) ? told : process.StartedAt,
                };
                if (record.Network is not null)
                    AdoptNetwork(container, process);
                if (process.Exit is { } exit)
                    ended.Add(exit);
                else
                    Adopt(container);
            }
            else if (record.Running)
            {
                // Nobody knows how it ended: the machine went down. Docker says 255.
                Keep(container, record with { Running = false, Network = null, ExitCode = 255, FinishedAt = parts.Time.GetUtcNow() });
                container.Status = ContainerStatus.Exited;
            }
        }
        foreach (var (key, process) in live)
        {
            if (process.Exit is { } exit && !ended.Exists(e => e.Key == key))
                ended.Add(exit);
        }
        return ended;
    }

    void Adopt(Container container)
    {
        if (parts.Runtime.IsPaused(container.Id))
            container.Status = ContainerStatus.Paused;
        container.Root = roots.TryOpen(container.Pid);
    }

    /// <summary>Links of the containers that outlived the last engine: all have their addresses by now.</summary>
    internal void RestoreLinks()
    {
        foreach (var container in parts.Containers.All)
            if (container.IsRunning)
                parts.Network.OpenLinks(links.Ports(container.Record));
    }

    /// <summary>Health checks of the containers that outlived the last engine go on.</summary>
    internal void WatchHealth()
    {
        foreach (var container in parts.Containers.All)
        {
            if (container.Status == ContainerStatus.Running)
                health.Begin(container);
        }
    }

    /// <summary>What the last engine did not deliver of logs goes on its way, also that of containers that ended meanwhile.</summary>
    internal void ShipLogs()
    {
        foreach (var container in parts.Containers.All)
            parts.Shipping.Begin(container);
    }

    /// <summary>Snapshots and directories without a record, and --rm containers that the machine's end kept.</summary>
    internal void RemoveLeftovers()
    {
        foreach (var id in parts.Store.Snapshots.Containers())
        {
            // "ID.N" stands behind an image mount of container ID.
            if (parts.Containers.ById(id.Split('.')[0]) is null)
                parts.Store.Snapshots.Remove(id);
        }
        if (Directory.Exists(parts.Store.Layout.Containers))
        {
            foreach (var directory in Directory.GetDirectories(parts.Store.Layout.Containers))
            {
                if (parts.Containers.ById(Path.GetFileName(directory)) is null)
                    Directory.Delete(directory, recursive: true);
            }
        }
        foreach (var container in parts.Containers.All)
        {
            if (container.Status == ContainerStatus.Exited && container.Record.HostConfig.AutoRemove)
                RemoveLocked(container, volumes: true);
        }
    }

    /// <summary>Containers whose restart policy brings them back after the engine's start.</summary>
    internal void RestartAfterBoot()
    {
        foreach (var container in parts.Containers.All)
        {
            if (container.Status != ContainerStatus.Exited)
                continue;
            var policy = container.Record.HostConfig.RestartPolicy!.Name;
            if (
                policy == "always"
                || (policy == "unless-stopped" && !container.Record.ManuallyStopped)
                || (policy == "on-failure" && container.Record is { ExitCode: not 0, ManuallyStopped: false })
            )
            {
                container.Status = ContainerStatus.Restarting;
                ScheduleRestart(container, TimeSpan.Zero);
            }
        }
    }

    /// <summary>Ends every container, for an engine that leaves none behind.</summary>
    internal async Task StopAllAsync()
    {
        var running = parts.Containers.All.Where(c => c.IsRunning || c.Status == ContainerStatus.Restarting);
        await Task.WhenAll(
                running.Select(async c =>
                {
                    try
                    {
                        await StopAsync(c.Id, null, null, CancellationToken.None).ConfigureAwait(false);
                    }
                    catch (EngineException)
                    { /* it ended by itself, or never will: the engine closes either way */
                    }
                })
            )
            .ConfigureAwait(false);
    }

    void AdoptNetwork(Container container, LiveProcess process)
    {
        var handle =
            container.Record.HostConfig.NetworkMode == "host" || process.Exit is not null
                ? null
                : parts.Runtime.NetworkNamespace(container.Id);
        // The network room owns the handle from here on.
        try
        {
            container.Sandbox = parts.Network.Adopt(NetworkRequests.Restored(container.Record), handle);
        }
        catch (EngineException e)
        {
            // Its processes live, and so do its devices; only what the engine would do for them is lost until its next start.
            parts.Options.Log($"container {container.Id} ({container.Record.Name}) goes on without its network being managed: {e.Message}");
            handle?.Dispose();
        }
    }
}
