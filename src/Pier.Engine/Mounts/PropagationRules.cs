using Pier.Model;
using Pier.Runtime;

namespace Pier.Engine.Mounts;

/// <summary>
/// Mounts only propagate where the source's own mount does: without that, "rshared" and "rslave" would be empty promises. Looked at at the
/// start, since the host may change.
/// </summary>
static class PropagationRules
{
    /// <summary>Throws Docker's error for a bind mount that cannot propagate as it says.</summary>
    public static void Check(IEnumerable<MountPoint> mounts, string dataRoot, RuntimeHost host)
    {
        foreach (var point in mounts)
        {
            var shared = point.Propagation is "shared" or "rshared";
            if (point.Type != "bind" || (!shared && point.Propagation is not ("slave" or "rslave")))
                continue;
            // Whoever mounts it tells what is wrong with a source that is not there.
            if (host.MountOf(point.Source) is not { } mount || mount.IsShared || (mount.IsSlave && !shared))
                continue;
            // As in Docker: who looks at the host from above the data root takes what there is.
            if (!shared && (Begins(point.Source, dataRoot) || Begins(dataRoot, point.Source)))
                continue;
            throw new InvalidParameterException(
                $"path {point.Source} is mounted on {mount.Place} but it is not a shared {(shared ? "" : "or slave ")}mount"
            );
        }
    }

    static bool Begins(string path, string with) => path.StartsWith(with, StringComparison.Ordinal);
}
