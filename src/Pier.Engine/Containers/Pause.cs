using Pier.Model;

namespace Pier.Engine.Containers;

public sealed partial class ContainerService
{
    public async Task PauseAsync(string reference, CancellationToken ct)
    {
        var container = parts.Containers.Resolve(reference);
        await container.Gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (container.Status == ContainerStatus.Paused)
                throw new ConflictException($"Container {container.Id} is already paused");
            if (container.Status != ContainerStatus.Running)
                throw new ConflictException($"container {container.Id} is not running");
            await parts.Runtime.PauseAsync(container.Id).ConfigureAwait(false);
            container.Status = ContainerStatus.Paused;
            health.End(container);
            Publish(container, "pause");
        }
        finally
        {
            container.Gate.Release();
        }
    }

    public async Task UnpauseAsync(string reference, CancellationToken ct)
    {
        var container = parts.Containers.Resolve(reference);
        await container.Gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (container.Status != ContainerStatus.Paused)
                throw new ConflictException($"Container {container.Id} is not paused");
            await ResumeLockedAsync(container).ConfigureAwait(false);
        }
        finally
        {
            container.Gate.Release();
        }
    }

    /// <summary>Resumes it if it is still paused.</summary>
    async Task ThawAsync(Container container, CancellationToken ct)
    {
        await container.Gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (container.Status == ContainerStatus.Paused)
                await ResumeLockedAsync(container).ConfigureAwait(false);
        }
        finally
        {
            container.Gate.Release();
        }
    }

    async Task ResumeLockedAsync(Container container)
    {
        await parts.Runtime.ResumeAsync(container.Id).ConfigureAwait(false);
        container.Status = ContainerStatus.Running;
        Publish(container, "unpause");
        health.Begin(container);
    }
}
