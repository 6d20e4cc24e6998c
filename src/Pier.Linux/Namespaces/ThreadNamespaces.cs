using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Namespaces;

/// <summary>Namespaces of the calling thread (man 2 setns): what it joins, processes that it clones are born in.</summary>
public static partial class ThreadNamespaces
{
    /// <summary>
    /// Joins; the thread is to be used for nothing else afterwards. A user namespace cannot be joined by one thread of several, a mount
    /// namespace only after <see cref="OwnFileSystemAttributes"/>.
    /// </summary>
    public static void Join(SafeFileHandle ns, CloneFlags kind)
    {
        if (SetNs(ns, (int)kind) != 0)
            throw new LinuxException("setns", Marshal.GetLastPInvokeError(), kind.ToString());
    }

    /// <summary>Root, working directory and umask of the calling thread become its own (man 2 unshare, CLONE_FS).</summary>
    public static void OwnFileSystemAttributes()
    {
        const int cloneFs = 0x200;
        if (Unshare(cloneFs) != 0)
            throw new LinuxException("unshare", Marshal.GetLastPInvokeError(), "CLONE_FS");
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNs(SafeFileHandle ns, int kind);
}
