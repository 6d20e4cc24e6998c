using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Files;

/// <summary>flock(2): the lock belongs to the open file and goes with its last descriptor, however the process ends.</summary>
public static class FileLock
{
    const int LOCK_EX = 2, LOCK_NB = 4;

    /// <summary>Takes an exclusive lock; false when another open file has it.</summary>
    public static bool TryExclusive(SafeFileHandle file)
    {
        if (FileCalls.flock(file, LOCK_EX | LOCK_NB) == 0) return true;
        return Marshal.GetLastPInvokeError() == Errno.EAGAIN ? false : throw FileCalls.Failed("flock");
    }
}
