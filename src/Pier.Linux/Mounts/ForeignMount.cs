using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;
using Pier.Linux.Namespaces;

namespace Pier.Linux.Mounts;

/// <summary>
/// Copies of mounts that only another mount namespace has. man 2 open_tree: a mount can be cloned from within its namespace alone, so a
/// thread goes there and ends.
/// </summary>
public static class ForeignMount
{
    /// <summary>
    /// A detached, private copy of the mount at <paramref name="path"/> as the namespace sees it. The path is another's to change: no
    /// symlink in it is followed. Throws <see cref="LinuxException"/>.
    /// </summary>
    public static SafeFileHandle Copy(SafeFileHandle mountNamespace, string path)
    {
        SafeFileHandle? copy = null;
        ExceptionDispatchInfo? failure = null;
        var visitor = new Thread(() =>
        {
            try
            {
                copy = CopyHere(mountNamespace, path);
            }
            catch (LinuxException e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        })
        {
            IsBackground = true,
            Name = "mount namespace visitor",
        };
        visitor.Start();
        visitor.Join();
        failure?.Throw();
        return copy!;
    }

    static SafeFileHandle CopyHere(SafeFileHandle mountNamespace, string path)
    {
        // man 2 setns: who shares its root and working directory with other threads cannot change its mount namespace.
        ThreadNamespaces.OwnFileSystemAttributes();
        ThreadNamespaces.Join(mountNamespace, CloneFlags.NewMount);
        using var root = At.Open(At.WorkingDirectory, "/", Files.OpenFlags.Path | Files.OpenFlags.Directory);
        using var place = At.OpenIn(root, path, Files.OpenFlags.Path | Files.OpenFlags.Directory, Resolve.InRoot | Resolve.NoSymlinks);
        var copy = DetachedMount.Bind("", recursive: false, place);
        DetachedMount.SetAttributes(copy, 0, 0, MountFlags.Private);
        return copy;
    }
}
