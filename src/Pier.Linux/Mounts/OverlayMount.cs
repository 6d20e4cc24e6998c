using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Mounts;

/// <summary>Overlay file systems (kernel documentation, filesystems/overlayfs).</summary>
public static class OverlayMount
{
    // One page of option text is what the old interface takes.
    const int MaxOptionLength = 4000;

    /// <summary>
    /// A detached overlay mount. Lower directories are given from the top down, as paths; with no upper directory it is read-only. Further options are
    /// "key=value" ("metacopy=off", "volatile", "userxattr").
    /// </summary>
    public static SafeFileHandle Create(IReadOnlyList<string> lower, string? upper, string? work, IReadOnlyList<string>? options = null,
        MountAttributes attributes = 0)
    {
        if (lower.Count == 0) throw new ArgumentException("an overlay has at least one lower directory", nameof(lower));
        using var context = new FileSystemContext("overlay");
        context.Set("source", "overlay");
        AddLower(context, lower);
        if (upper is not null)
        {
            context.Set("upperdir", upper);
            context.Set("workdir", work ?? throw new ArgumentNullException(nameof(work)));
        }
        foreach (var option in options ?? [])
        {
            var at = option.IndexOf('=');
            if (at < 0) context.Set(option);
            else context.Set(option[..at], option[(at + 1)..]);
        }
        return context.Mount(attributes);
    }

    /// <summary>lowerdir+ takes one directory a time and any number (Linux 6.8); before, one colon-separated list.</summary>
    static void AddLower(FileSystemContext context, IReadOnlyList<string> lower)
    {
        if (context.TrySet("lowerdir+", lower[0]))
        {
            foreach (var directory in lower.Skip(1)) context.Set("lowerdir+", directory);
            return;
        }
        var list = string.Join(':', lower.Select(Escape));
        if (list.Length > MaxOptionLength) throw new LinuxException("fsconfig", Errno.E2BIG, $"{lower.Count} lower directories");
        context.Set("lowerdir", list);
    }

    static string Escape(string path) => path.Replace("\\", "\\\\").Replace(":", "\\:").Replace(",", "\\,");
}
