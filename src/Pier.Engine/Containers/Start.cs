using Pier.Model;

namespace Pier.Engine.Containers;

public sealed partial class ContainerService
{
    /// <summary>Starts it; NotModified when it runs already.</summary>
    public async Task StartAsync(string reference, CancellationToken ct)
    {
        var container = parts.Containers.Resolve(reference);
        await container.Gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            switch (container.Status)
            {
                case ContainerStatus.Paused:
                    throw new ConflictException("cannot start a paused container, try unpause instead");
                case ContainerStatus.Running:
                    throw new NotModifiedException($"container {container.Id} is already running");
                case ContainerStatus.Removing or ContainerStatus.Dead:
                    throw new ConflictException("container is marked for removal and cannot be started");
            }
            container.PendingRestart?.Cancel();
            container.LastRestartDelay = TimeSpan.Zero;
            container.Record = container.Record with { ManuallyStopped = false, RestartCount = 0 };
            await StartOrRemoveAsync(container, ct).ConfigureAwait(false);
        }
        finally
        {
            container.Gate.Release();
        }
    }

    /// <summary>A container that was to remove itself does so too when it never came up: its clients wait for that.</summary>
    async Task StartOrRemoveAsync(Container container, CancellationToken ct)
    {
        try
        {
            await starter.StartAsync(container, ct).ConfigureAwait(false);
        }
        catch (EngineException) when (container.Record.HostConfig.AutoRemove)
        {
            RemoveLocked(container, volumes: true);
            throw;
        }
    }
}
