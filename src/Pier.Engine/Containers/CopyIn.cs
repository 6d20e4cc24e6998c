using Pier.Model;
using Pier.Store.Trees;

namespace Pier.Engine.Containers;

public sealed partial class ContainerService
{
    /// <summary>Unpacks a tar below a directory of the container; into what is mounted there as well while it runs.</summary>
    public async Task CopyInAsync(string reference, string path, Stream archive, CopyIn request, CancellationToken ct)
    {
        var container = parts.Containers.Resolve(reference);
        using var root = await roots.OpenWritableAsync(container, ct).ConfigureAwait(false);
        var owner =
            request.OwnByUser && container.Record.Config.User.Length > 0 ? roots.UserOf(container, root.Handle) : ((uint, uint)?)null;
        using var tree = new RootTree(root.Handle);
        try
        {
            await Task.Run(
                    () =>
                        tree.CopyIn(
                            path,
                            archive,
                            new CopyInOptions(request.KeepKinds, owner, root.Ids is { } ids ? ids.Outside : null),
                            ct
                        ),
                    ct
                )
                .ConfigureAwait(false);
        }
        catch (NotFoundException e)
        {
            throw NoSuchFile(path, reference, e);
        }
        catch (ForbiddenException e)
        {
            throw new ForbiddenException(
                container.Record.HostConfig.ReadonlyRootfs ? "container rootfs is marked read-only" : "mounted volume is marked read-only",
                e
            );
        }
        Publish(container, "extract-to-dir");
    }
}
