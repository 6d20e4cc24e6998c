using Pier.Engine.Specs;
using Pier.Model;

namespace Pier.Engine.Containers;

public sealed partial class ContainerService
{
    /// <summary>
    /// Changes limits (of a running container at once) and the restart policy; zeros and nulls stay as they are. The answer is warnings.
    /// </summary>
    public async Task<IReadOnlyList<string>> UpdateAsync(string reference, HostConfig asked, CancellationToken ct)
    {
        ResourceUpdate.Check(asked, Environment.ProcessorCount);
        var warnings = new List<string>();
        asked = HostLimits.Fit(asked, runtimeHost.Limits, warnings);
        var container = parts.Containers.Resolve(reference);
        await container.Gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (container.Status is ContainerStatus.Removing or ContainerStatus.Dead)
                throw new ConflictException(
                    $"Cannot update container {container.Id}: Container is marked for removal and cannot be \"update\"."
                );
            var old = container.Record;
            var changed = ResourceUpdate.Merge(old.Id, old.HostConfig, asked);
            if (container.IsRunning)
            {
                try
                {
                    await parts.Runtime.UpdateAsync(container.Id, SpecResources.Limits(asked, changed)).ConfigureAwait(false);
                }
                catch (EngineException e)
                {
                    throw new HostFailureException($"Cannot update container {container.Id}: {e.Message}", e);
                }
            }
            Save(container, container.Record with { HostConfig = changed });
            Publish(container, "update");
            return warnings;
        }
        finally
        {
            container.Gate.Release();
        }
    }
}
