using Pier.Model;
using Pier.Store.Trees;

namespace Pier.Engine.Containers;

public sealed partial class ContainerService
{
    /// <summary>What is at a path of the container.</summary>
    public async Task<PathStatView> StatPathAsync(string reference, string path, CancellationToken ct)
    {
        var container = parts.Containers.Resolve(reference);
        using var root = await roots.OpenAsync(container, ct).ConfigureAwait(false);
        using var tree = new RootTree(root.Handle);
        return StatPath(tree, reference, path);
    }

    static PathStatView StatPath(RootTree tree, string reference, string path)
    {
        try
        {
            var stat = tree.Stat(path);
            return new PathStatView(stat.Name, stat.Size, stat.Mode, stat.Modified, stat.LinkTarget);
        }
        catch (NotFoundException e)
        {
            throw NoSuchFile(path, reference, e);
        }
    }

    static NotFoundException NoSuchFile(string path, string reference, Exception e) =>
        new($"Could not find the file {path} in container {reference}", e);
}
