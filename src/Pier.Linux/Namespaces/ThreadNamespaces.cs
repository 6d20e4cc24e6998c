using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Namespaces;

/// <summary>Namespaces of the calling thread (man 2 setns): what it joins, processes that it clones are born in.</summary>
public static partial class ThreadNamespaces
{
    /// <summary>Joins; the thread is to be used for nothing else afterwards. Mount and user namespaces cannot be joined by one thread of several.</summary>
    public static void Join(SafeFileHandle ns, CloneFlags kind)
    {
        if (SetNs(ns, (int)kind) != 0) throw new LinuxException("setns", Marshal.GetLastPInvokeError(), kind.ToString());
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNs(SafeFileHandle ns, int kind);
}
