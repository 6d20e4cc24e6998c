using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;

namespace Pier.Linux.Mounts;

/// <summary>A bind mount that hangs nowhere yet: open_tree(2) with OPEN_TREE_CLONE, read-only by mount_setattr(2).</summary>
public static unsafe partial class DetachedBind
{
    // The same numbers on x86-64 and arm64.
    const nint SysOpenTree = 428, SysMountSetattr = 442;
    const nint OPEN_TREE_CLONE = 1, OPEN_TREE_CLOEXEC = 0x80000, AT_EMPTY_PATH = 0x1000;
    const ulong MOUNT_ATTR_RDONLY = 1, MS_PRIVATE = 1 << 18;

    /// <summary>Clones the mount at a path, without what is mounted below it.</summary>
    public static SafeFileHandle Create(string path, bool readOnly = false)
    {
        var mount = FileCalls.Own(open_tree(SysOpenTree, At.WorkingDirectory, PathText.ToC(path, "open_tree"), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC), "open_tree", path);
        try
        {
            // Private: what is mounted in the container stays there, though the host's mounts are shared (systemd).
            var attributes = new MountAttributes { Set = readOnly ? MOUNT_ATTR_RDONLY : 0, Propagation = MS_PRIVATE };
            if (mount_setattr(SysMountSetattr, mount, PathText.ToC("", "mount_setattr"), AT_EMPTY_PATH, &attributes, (nuint)sizeof(MountAttributes)) < 0)
                throw FileCalls.Failed("mount_setattr", path);
            return mount;
        }
        catch
        {
            mount.Dispose();
            throw;
        }
    }

    /// <summary>struct mount_attr (linux/mount.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    struct MountAttributes
    {
        public ulong Set, Clear, Propagation, UserNamespace;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint open_tree(nint number, SafeHandle directory, byte[] path, nint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint mount_setattr(nint number, SafeHandle directory, byte[] path, nint flags, MountAttributes* attributes, nuint size);
}
