using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Files;
using Pier.Linux.Mounts;
using Pier.Model;
using OpenFlags = Pier.Linux.Files.OpenFlags;

namespace Pier.Store.Volumes;

/// <summary>Mounts of places inside a tree that a container may have written: links are resolved inside the tree.</summary>
static class Subpaths
{
    /// <summary>
    /// A detached, private mount of a directory or file below a root. <paramref name="shown"/> is the path that errors name.
    /// </summary>
    internal static SafeFileHandle Open(SafeFileHandle root, string subpath, string shown, bool readOnly)
    {
        SafeFileHandle place;
        try
        {
            place = At.OpenIn(root, subpath, OpenFlags.Path, Resolve.InRoot | Resolve.NoMagicLinks);
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
        {
            throw new InvalidParameterException($"cannot access path {shown}: lstat {shown}: no such file or directory", e);
        }
        using (place)
        {
            var mount = DetachedMount.Bind("", recursive: true, place);
            try
            {
                DetachedMount.SetAttributes(mount, readOnly ? MountAttributes.ReadOnly : 0, 0, MountFlags.Private, recursive: true);
                return mount;
            }
            catch
            {
                mount.Dispose();
                throw;
            }
        }
    }
}
