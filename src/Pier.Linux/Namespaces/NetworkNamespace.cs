using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static Pier.Linux.Namespaces.NetworkNamespaceNative;

namespace Pier.Linux.Namespaces;

/// <summary>
/// Handles of network namespaces. A namespace lives as long as a process in it, a handle, a socket or a device of it; the kernel takes
/// it apart on its own after the last one.
/// </summary>
public static class NetworkNamespace
{
    /// <summary>The calling thread's namespace.</summary>
    public static SafeFileHandle OfThisThread() => Open("/proc/thread-self/ns/net");

    /// <summary>The namespace of a process by its pidfd, safe against a reused pid. ESRCH when it has ended.</summary>
    /// <param name="pidfd">The process.</param>
    /// <param name="pid">Its pid, for kernels that cannot go from a pidfd to a namespace.</param>
    public static SafeFileHandle OfProcess(SafeFileHandle pidfd, int pid)
    {
        var fd = Ioctl(pidfd, PIDFD_GET_NET_NAMESPACE, 0);
        if (fd >= 0)
            return new SafeFileHandle(fd, ownsHandle: true);
        var handle = Open($"/proc/{pid}/ns/net");
        // The process still runs after the open, so that the pid was its own.
        if (!HasEnded(pidfd))
            return handle;
        handle.Dispose();
        throw new LinuxException("pidfd", Errno.ESRCH, $"process {pid}");
    }

    /// <summary>The namespace of a process by its pid alone.</summary>
    public static SafeFileHandle OfProcess(int pid) => Open($"/proc/{pid}/ns/net");

    /// <summary>
    /// Moves the calling thread to a new namespace. Only for threads that nothing else runs on: the pool's threads must never leave home.
    /// </summary>
    public static void Unshare()
    {
        if (NetworkNamespaceNative.Unshare(CLONE_NEWNET) < 0)
            throw new LinuxException("unshare", Marshal.GetLastPInvokeError(), "CLONE_NEWNET");
    }

    /// <summary>Moves the calling thread to a namespace; see <see cref="Unshare"/>.</summary>
    public static void Enter(SafeFileHandle networkNamespace)
    {
        if (Setns(networkNamespace, CLONE_NEWNET) < 0)
            throw new LinuxException("setns", Marshal.GetLastPInvokeError(), "network namespace");
    }

    /// <summary>A second handle of the same namespace, with a life of its own.</summary>
    public static SafeFileHandle Duplicate(SafeFileHandle networkNamespace)
    {
        var fd = Fcntl(networkNamespace, F_DUPFD_CLOEXEC, 0);
        return fd >= 0
            ? new SafeFileHandle(fd, ownsHandle: true)
            : throw new LinuxException("fcntl", Marshal.GetLastPInvokeError(), "F_DUPFD_CLOEXEC");
    }

    static unsafe bool HasEnded(SafeFileHandle pidfd)
    {
        var entry = new PollEntry { Descriptor = (int)pidfd.DangerousGetHandle(), Events = POLLIN };
        return Poll(&entry, 1, 0) > 0;
    }

    static SafeFileHandle Open(string path)
    {
        var fd = NetworkNamespaceNative.Open(path, O_RDONLY | O_CLOEXEC);
        return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw new LinuxException("open", Marshal.GetLastPInvokeError(), path);
    }
}
