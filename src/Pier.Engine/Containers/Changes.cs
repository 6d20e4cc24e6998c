namespace Pier.Engine.Containers;

public sealed partial class ContainerService
{
    /// <summary>What the container changed over its image, by path; what is mounted in it does not count.</summary>
    public Task<IReadOnlyList<FileChange>> ChangesAsync(string reference, CancellationToken ct)
    {
        var container = parts.Containers.Resolve(reference);
        return Task.Run<IReadOnlyList<FileChange>>(
            () => [.. parts.Store.Snapshots.Changes(container.Id).Select(c => new FileChange(c.Path, (FileChangeKind)(int)c.Kind))],
            ct
        );
    }
}
