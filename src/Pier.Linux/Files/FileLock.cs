using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Files;

/// <summary>flock(2): the lock belongs to the open file and goes with its last descriptor, however the process ends.</summary>
public static class FileLock
{
    const int LOCK_EX = 2,
        LOCK_NB = 4,
        LOCK_UN = 8;

    /// <summary>Gives the lock back, also when a child that was just forked still has a copy of the descriptor.</summary>
    public static void Release(SafeFileHandle file) => FileCalls.Check(FileCalls.flock(file, LOCK_UN), "flock");

    /// <summary>Takes an exclusive lock; false when another open file has it.</summary>
    public static bool TryExclusive(SafeFileHandle file)
    {
        if (FileCalls.flock(file, LOCK_EX | LOCK_NB) == 0)
            return true;
        return Marshal.GetLastPInvokeError() == Errno.EAGAIN ? false : throw FileCalls.Failed("flock");
    }
}
