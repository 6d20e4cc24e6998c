using Pier.Store.Trees;

namespace Pier.Engine.Containers;

public sealed partial class ContainerService
{
    /// <summary>The container's whole file system, without what is mounted in it.</summary>
    public FileArchive Export(string reference)
    {
        var container = parts.Containers.Resolve(reference);
        var archive = new FileArchive(
            new RootTree(parts.Store.Snapshots.View(container.Id)),
            (tree, output, ct) => tree.Export(output, ct)
        );
        Publish(container, "export");
        return archive;
    }
}
