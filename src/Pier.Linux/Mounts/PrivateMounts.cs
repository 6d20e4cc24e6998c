using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;

namespace Pier.Linux.Mounts;

/// <summary>
/// Work that has to attach mounts somewhere: a thread of its own does it in a mount namespace of its own, hands the result out as a
/// detached mount, and ends. The host never sees any of it.
/// </summary>
static partial class PrivateMounts
{
    const int CLONE_NEWNS = 0x20000;

    internal static SafeFileHandle Run(Func<SafeFileHandle> work)
    {
        SafeFileHandle? result = null;
        Exception? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                if (unshare(CLONE_NEWNS) != 0)
                    throw FileCalls.Failed("unshare", "CLONE_NEWNS");
                using (var root = At.Open(At.WorkingDirectory, "/", Files.OpenFlags.Path | Files.OpenFlags.Directory))
                    DetachedMount.SetAttributes(root, 0, 0, MountFlags.Private, recursive: true);
                result = work();
            }
            catch (LinuxException e)
            {
                error = e;
            }
        });
        thread.Start();
        thread.Join();
        return result ?? throw error!;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);
}
