using Pier.Model;

namespace Pier.Engine.Containers;

public sealed partial class ContainerService
{
    // Each run that a forced removal meets is ended; more than a few mean that it cannot be killed.
    const int ForcedRuns = 3;

    /// <summary>Removes a container with its snapshot, log and record; force ends it first.</summary>
    public async Task RemoveAsync(string reference, bool force, bool volumes, CancellationToken ct)
    {
        var container = parts.Containers.Resolve(reference);
        for (var attempt = 1; ; attempt++)
        {
            if (container.IsRunning || container.Status == ContainerStatus.Restarting)
            {
                if (!force)
                    throw new ConflictException($"cannot remove container \"{reference}\": container is {Why(container)}");
                await EndAsync(container, ct).ConfigureAwait(false);
            }
            await container.Gate.WaitAsync(ct).ConfigureAwait(false);
            try
            {
                if (parts.Containers.ById(container.Id) is null)
                {
                    // --rm was faster: for the one who asked, gone is gone.
                    if (force)
                        return;
                    throw new NotFoundException($"No such container: {reference}");
                }
                if (!container.IsRunning)
                {
                    RemoveLocked(container, volumes);
                    return;
                }
                // A start that was under way, or a restart policy, was faster: force ends that run too.
                if (!force || attempt == ForcedRuns)
                    throw new ConflictException($"cannot remove container \"{reference}\": container is {Why(container)}");
            }
            finally
            {
                container.Gate.Release();
            }
        }
    }

    static string Why(Container container) =>
        container.Status switch
        {
            ContainerStatus.Paused => "paused and must be unpaused first",
            ContainerStatus.Restarting => "restarting: stop the container before removing or force remove",
            _ => "running: stop the container before removing or force remove",
        };

    async Task EndAsync(Container container, CancellationToken ct)
    {
        try
        {
            await KillAsync(container.Id, null, ct).ConfigureAwait(false);
        }
        catch (ConflictException)
        {
            // It ended by itself in between.
        }
        catch (NotFoundException) { }
    }

    /// <summary>
    /// The container does not run and its gate is held. The record goes last: what a crash interrupts is finished at the next start.
    /// </summary>
    void RemoveLocked(Container container, bool volumes)
    {
        container.Status = ContainerStatus.Removing;
        container.PendingRestart?.Cancel();
        parts.Store.Snapshots.Remove(container.Id);
        parts.Shipping.Remove(container.Id, () => RemoveDirectory(container.Id));
        parts.Records.Delete(container.Id);
        parts.Containers.Remove(container);
        mounts.Remove(container.Record, volumes);
        Publish(container, "destroy");
        container.Waiters.Removed(container.LastExit);
    }
}
