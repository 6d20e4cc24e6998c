using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;

namespace Pier.Linux.Mounts;

/// <summary>
/// An overlay (kernel: filesystems/overlayfs.rst) as a detached mount. Lower directories are absolute paths, topmost first, up to 500;
/// upper and work are null for a read-only view of two lower directories or more.
/// </summary>
public sealed record OverlayMount(IReadOnlyList<string> Lower, string? Upper = null, string? Work = null, bool ReadOnly = false)
{
    /// <summary>
    /// What is written is not meant to last: the end of the mount does not write out the file system that the upper directory lies on
    /// (Linux 5.10; kernels before do, which takes longer and harms nothing).
    /// </summary>
    public bool Passing { get; init; }

    // fsconfig copies at most this many bytes of a string, the NUL included (fs/fsopen.c).
    const int MaxString = 256;

    /// <summary>
    /// Mounts it; the fd is the root of the mount. Features that would make the upper directory unreadable as a plain layer (redirects,
    /// metadata-only copies) are off, whatever the host's defaults are. Throws <see cref="LinuxException"/> with the kernel's own message.
    /// </summary>
    public SafeFileHandle Create()
    {
        try
        {
            return CreateByContext();
        }
        catch (LinuxException e) when (e.Errno == Errno.E2BIG)
        {
            return ClassicOverlayMount.Create(this);
        }
    }

    SafeFileHandle CreateByContext()
    {
        using var context = new FileSystemContext("overlay");
        var opened = new List<SafeFileHandle>();
        try
        {
            context.Set("source", "overlay");
            AddLower(context, opened);
            if (Upper is not null)
            {
                context.Set("upperdir", Short(Upper, opened));
                context.Set("workdir", Short(Work!, opened));
                context.Set("index", "off");
                if (Passing)
                    context.TrySet("volatile");
            }
            context.Set("redirect_dir", "off");
            context.Set("metacopy", "off");
            return context.Mount(ReadOnly ? MountAttributes.ReadOnly : 0);
        }
        finally
        {
            foreach (var handle in opened)
                handle.Dispose();
        }
    }

    // lowerdir+ takes one directory a time and any number (Linux 6.5); before, one colon-separated list of at most MaxString bytes.
    void AddLower(FileSystemContext context, List<SafeFileHandle> opened)
    {
        var lower = Lower.Select(path => Short(path, opened)).ToArray();
        if (context.TrySet("lowerdir+", lower[0]))
        {
            foreach (var directory in lower.Skip(1))
                context.Set("lowerdir+", directory);
            return;
        }
        var list = string.Join(':', lower.Select(path => path.Replace("\\", "\\\\").Replace(":", "\\:").Replace(",", "\\,")));
        if (PathText.Encode(list).Length >= MaxString)
            throw new LinuxException("fsconfig", Errno.E2BIG, $"{lower.Length} lower directories");
        context.Set("lowerdir", list);
    }

    // A path that fsconfig would not take is named by a descriptor that lives until the mount is made.
    static string Short(string path, List<SafeFileHandle> opened)
    {
        if (PathText.Encode(path).Length < MaxString)
            return path;
        opened.Add(At.Open(At.WorkingDirectory, path, Files.OpenFlags.Path | Files.OpenFlags.Directory));
        return At.FdPath(opened[^1]);
    }
}
