using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Mounts;

static unsafe partial class Native
{
    // The same on x64 and arm64 (asm-generic/unistd.h): glibc 2.36 has no wrapper for every one.
    const long OpenTreeNumber = 428,
        MoveMountNumber = 429,
        FsopenNumber = 430,
        FsconfigNumber = 431,
        FsmountNumber = 432,
        MountSetattrNumber = 442;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long Syscall(long number, nint a, nint b, nint c, nint d, nint e);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unmount(string target, int flags);

    public static long OpenTree(int directory, string path, int flags)
    {
        fixed (byte* text = Zero(path))
            return Syscall(OpenTreeNumber, directory, (nint)text, flags, 0, 0);
    }

    public static long MoveMount(int from, string fromPath, int to, string toPath, int flags)
    {
        fixed (byte* one = Zero(fromPath))
        fixed (byte* two = Zero(toPath))
            return Syscall(MoveMountNumber, from, (nint)one, to, (nint)two, flags);
    }

    public static long Fsopen(string type, int flags)
    {
        fixed (byte* text = Zero(type))
            return Syscall(FsopenNumber, (nint)text, flags, 0, 0, 0);
    }

    public static long Fsconfig(int context, int command, string? key, string? value, int auxiliary)
    {
        fixed (byte* one = key is null ? null : Zero(key))
        fixed (byte* two = value is null ? null : Zero(value))
            return Syscall(FsconfigNumber, context, command, (nint)one, (nint)two, auxiliary);
    }

    public static long Fsmount(int context, int flags, ulong attributes) => Syscall(FsmountNumber, context, flags, (nint)attributes, 0, 0);

    public static long MountSetattr(int directory, int flags, in MountAttr attributes)
    {
        fixed (byte* empty = "\0"u8)
        fixed (MountAttr* pointer = &attributes)
            return Syscall(MountSetattrNumber, directory, (nint)empty, flags, (nint)pointer, MountAttr.Size);
    }

    static byte[] Zero(string text)
    {
        // A NUL would cut the path short and name something else.
        if (text.Contains('\0'))
            throw new LinuxException("open", Errno.EINVAL, text.Replace('\0', '?'));
        return System.Text.Encoding.UTF8.GetBytes(text + "\0");
    }
}
