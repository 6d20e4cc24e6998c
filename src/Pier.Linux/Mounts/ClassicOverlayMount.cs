using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;

namespace Pier.Linux.Mounts;

/// <summary>
/// An overlay of many layers on kernels before 6.5 (Debian 12 has 6.1), where fsconfig(2) takes no long list: mount(2) takes a page of
/// options. It attaches where it mounts, so it is done in private.
/// </summary>
static unsafe partial class ClassicOverlayMount
{
    internal static SafeFileHandle Create(OverlayMount overlay) =>
        PrivateMounts.Run(() =>
        {
            var opened = new List<SafeFileHandle>();
            try
            {
                // Any directory will do: nobody else sees it covered.
                var target = Path.GetDirectoryName(overlay.Upper ?? overlay.Lower[0])!;
                Mount(overlay, target, Options(overlay, opened));
                var mount = DetachedMount.Bind(target, recursive: false);
                if (overlay.ReadOnly)
                    DetachedMount.SetAttributes(mount, MountAttributes.ReadOnly);
                return mount;
            }
            finally
            {
                foreach (var handle in opened)
                    handle.Dispose();
            }
        });

    // Descriptors' names are short and need no escapes: a page holds more than 200.
    static string Options(OverlayMount overlay, List<SafeFileHandle> opened)
    {
        string Name(string path)
        {
            opened.Add(At.Open(At.WorkingDirectory, path, Files.OpenFlags.Path | Files.OpenFlags.Directory));
            return At.FdPath(opened[^1]);
        }

        var options = "lowerdir=" + string.Join(':', overlay.Lower.Select(Name)) + ",redirect_dir=off,metacopy=off";
        return overlay.Upper is null ? options : $"{options},index=off,upperdir={Name(overlay.Upper)},workdir={Name(overlay.Work!)}";
    }

    static void Mount(OverlayMount overlay, string target, string options)
    {
        if (overlay is { Passing: true, Upper: not null })
        {
            try
            {
                Mount("overlay", target, "overlay", MountFlags.None, options + ",volatile");
                return;
            }
            catch (LinuxException e) when (e.Errno == Errno.EINVAL)
            {
                // Before Linux 5.10.
            }
        }
        Mount("overlay", target, "overlay", MountFlags.None, options);
    }

    static void Mount(string source, string target, string? type, MountFlags flags, string? options)
    {
        if (options?.Length >= Environment.SystemPageSize)
            throw new LinuxException("mount", Errno.E2BIG, "too many layers for this kernel");
        var result = mount(
            PathText.ToC(source, "mount"),
            PathText.ToC(target, "mount"),
            type is null ? null : PathText.ToC(type, "mount"),
            (ulong)flags,
            options is null ? null : PathText.ToC(options, "mount")
        );
        FileCalls.Check(result, "mount", target);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mount(byte[] source, byte[] target, byte[]? type, ulong flags, byte[]? data);
}
