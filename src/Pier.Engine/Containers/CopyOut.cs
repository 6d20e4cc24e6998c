using Pier.Model;
using Pier.Store.Trees;

namespace Pier.Engine.Containers;

public sealed partial class ContainerService
{
    /// <summary>
    /// A path of the container as a tar whose top has the path's last name; of a running container with what is mounted in it.
    /// </summary>
    public async Task<FileArchive> CopyOutAsync(string reference, string path, CancellationToken ct)
    {
        var container = parts.Containers.Resolve(reference);
        var root = await roots.OpenAsync(container, ct).ConfigureAwait(false);
        var tree = new RootTree(root.Handle, root.Ids is { } ids ? ids.Inside : null);
        try
        {
            var stat = StatPath(tree, reference, path);
            Publish(container, "archive-path");
            return new FileArchive(tree, (t, output, c) => t.CopyOut(path, output, c), stat, root);
        }
        catch
        {
            root.Dispose();
            throw;
        }
    }
}
