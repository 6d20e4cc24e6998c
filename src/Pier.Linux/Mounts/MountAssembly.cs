using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;

namespace Pier.Linux.Mounts;

/// <summary>
/// A tree of detached mounts: a root with others at places inside it. Kernels before 6.15 attach only to what is attached itself.
/// </summary>
public static class MountAssembly
{
    /// <summary>
    /// Puts mounts into a root, parents before children, and answers the whole as one detached mount; the parts stay the caller's. Targets
    /// are resolved inside the root, links included, and must exist.
    /// </summary>
    public static SafeFileHandle Make(SafeFileHandle root, IReadOnlyList<(string Target, SafeFileHandle Mount)> parts) =>
        PrivateMounts.Run(() =>
        {
            // Any directory will do: the namespace is nobody else's.
            DetachedMount.Attach(root, "/");
            foreach (var (target, mount) in parts)
            {
                using var place = At.OpenIn(root, target, Files.OpenFlags.Path, Resolve.InRoot | Resolve.NoMagicLinks);
                DetachedMount.Attach(mount, place, target);
            }
            return DetachedMount.Bind("", recursive: true, root);
        });
}
