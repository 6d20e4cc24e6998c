using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Namespaces;

/// <summary>System calls on network namespaces (man 7 network_namespaces).</summary>
static partial class NetworkNamespaceNative
{
    public const int CLONE_NEWNET = 0x40000000,
        O_RDONLY = 0,
        O_CLOEXEC = 0x80000,
        F_DUPFD_CLOEXEC = 1030;

    /// <summary>ioctl on a pidfd: a descriptor of its process's network namespace (linux/pidfd.h, since Linux 6.11).</summary>
    public const nuint PIDFD_GET_NET_NAMESPACE = 0xff04;

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    public static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    public static partial int Setns(SafeFileHandle handle, int type);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Ioctl(SafeFileHandle handle, nuint request, nint argument);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Fcntl(SafeFileHandle handle, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static unsafe partial int Poll(PollEntry* entries, nuint count, int timeout);

    public const short POLLIN = 1;

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Events,
            Returned;
    }
}
