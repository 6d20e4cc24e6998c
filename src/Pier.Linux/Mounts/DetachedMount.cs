using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Mounts;

/// <summary>
/// Mounts that are attached nowhere yet: held by a descriptor alone, gone with it, and attached in another process's mount namespace by
/// move_mount(2). Errors are <see cref="LinuxException"/>.
/// </summary>
public static class DetachedMount
{
    /// <summary>
    /// A copy of the mount at a path (open_tree with OPEN_TREE_CLONE), with its submounts when recursive. A path is followed through
    /// symlinks; with
    /// <paramref name="directory"/> it is relative to that, and may be empty for the descriptor itself.
    /// </summary>
    public static SafeFileHandle Bind(string path, bool recursive, SafeFileHandle? directory = null)
    {
        using var at = new Borrowed(directory);
        var flags =
            MountCalls.OpenTreeClone
            | MountCalls.OpenTreeCloexec
            | (recursive ? MountCalls.AtRecursive : 0)
            | (path.Length == 0 ? MountCalls.AtEmptyPath : 0);
        return Borrowed.Owned(Native.OpenTree(at.Number, path, flags), "open_tree", path);
    }

    /// <summary>
    /// Changes attributes of a mount (and of its submounts when recursive). <paramref name="propagation"/> is one of MS_PRIVATE, MS_SLAVE,
    /// MS_SHARED, MS_UNBINDABLE, or 0 to leave it.
    /// </summary>
    public static void SetAttributes(
        SafeFileHandle mount,
        MountAttributes set,
        MountAttributes clear = 0,
        MountFlags propagation = 0,
        bool recursive = false,
        SafeFileHandle? idMap = null
    )
    {
        using var at = new Borrowed(mount);
        using var user = new Borrowed(idMap);
        if (idMap is not null)
            set |= MountAttributes.IdMap;
        var attributes = new MountAttr((ulong)set, (ulong)clear, (ulong)propagation, idMap is null ? 0 : (ulong)user.Number);
        var flags = MountCalls.AtEmptyPath | (recursive ? MountCalls.AtRecursive : 0);
        Borrowed.Check(Native.MountSetattr(at.Number, flags, attributes), "mount_setattr", null);
    }

    /// <summary>A new instance of a file system. Options are "key=value" or "flag".</summary>
    public static SafeFileHandle New(string type, IEnumerable<string> options, MountAttributes attributes, string? source = null)
    {
        using var context = new FileSystemContext(type);
        if (source is not null)
            context.Set("source", source);
        foreach (var option in options)
        {
            var at = option.IndexOf('=');
            if (at < 0)
                context.Set(option);
            else
                context.Set(option[..at], option[(at + 1)..]);
        }
        return context.Mount(attributes);
    }

    /// <summary>Attaches the mount to a directory or file of this mount namespace.</summary>
    public static void Attach(SafeFileHandle mount, string path)
    {
        using var from = new Borrowed(mount);
        Borrowed.Check(Native.MoveMount(from.Number, "", MountCalls.AtFdcwd, path, MountCalls.MoveMountFromEmptyPath), "move_mount", path);
    }

    /// <summary>Attaches the mount to an open directory or file that is attached in this mount namespace itself.</summary>
    public static void Attach(SafeFileHandle mount, SafeFileHandle place, string subject)
    {
        using var from = new Borrowed(mount);
        using var to = new Borrowed(place);
        Borrowed.Check(
            Native.MoveMount(from.Number, "", to.Number, "", MountCalls.MoveMountFromEmptyPath | MountCalls.MoveMountToEmptyPath),
            "move_mount",
            subject
        );
    }

    /// <summary>Takes the mount at a path away; detached at once, gone when nobody uses it any more.</summary>
    public static void Unmount(string path, int flags = UnmountFlags.Detach)
    {
        if (Native.Unmount(path, flags) != 0)
            throw new LinuxException("umount2", System.Runtime.InteropServices.Marshal.GetLastPInvokeError(), path);
    }
}
