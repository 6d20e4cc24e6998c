using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;

namespace Pier.Linux.Mounts;

/// <summary>
/// An overlay (kernel: filesystems/overlayfs.rst) as a detached mount. Lower directories are absolute paths, topmost first, up to 500; upper and
/// work are null for a read-only view of two lower directories or more.
/// </summary>
public sealed record OverlayMount(IReadOnlyList<string> Lower, string? Upper = null, string? Work = null, bool ReadOnly = false)
{
    const nint MOUNT_ATTR_RDONLY = 1;

    /// <summary>
    /// Mounts it; the fd is the root of the mount. Features that would make the upper directory unreadable as a plain layer (redirects, metadata-only
    /// copies) are off, whatever the host's defaults are. Throws <see cref="LinuxException"/> with the kernel's own message.
    /// </summary>
    public SafeFileHandle Create()
    {
        using var context = new FileSystemContext("overlay");
        var opened = new List<SafeFileHandle>();
        try
        {
            context.Set("source", "overlay");
            foreach (var lower in Lower) context.Set("lowerdir+", Short(lower, opened));
            if (Upper is not null)
            {
                context.Set("upperdir", Short(Upper, opened));
                context.Set("workdir", Short(Work!, opened));
                context.Set("index", "off");
            }
            context.Set("redirect_dir", "off");
            context.Set("metacopy", "off");
            return context.Mount(ReadOnly ? MOUNT_ATTR_RDONLY : 0);
        }
        finally
        {
            foreach (var handle in opened) handle.Dispose();
        }
    }

    // A path that fsconfig would not take is named by a descriptor that lives until the mount is made.
    static string Short(string path, List<SafeFileHandle> opened)
    {
        if (PathText.Encode(path).Length < FileSystemContext.MaxString) return path;
        opened.Add(At.Open(At.WorkingDirectory, path, OpenFlags.Path | OpenFlags.Directory));
        return At.FdPath(opened[^1]);
    }
}
