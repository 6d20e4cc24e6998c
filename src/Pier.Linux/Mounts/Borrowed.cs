using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Mounts;

/// <summary>Keeps a handle open while its number is in a call, and turns results into handles.</summary>
readonly ref struct Borrowed
{
    readonly SafeFileHandle? _handle;
    readonly bool _added;

    public Borrowed(SafeFileHandle? handle)
    {
        _handle = handle;
        if (handle is null)
            Number = MountCalls.AtFdcwd;
        else
        {
            handle.DangerousAddRef(ref _added);
            Number = (int)handle.DangerousGetHandle();
        }
    }

    public int Number { get; }

    public void Dispose()
    {
        if (_added)
            _handle!.DangerousRelease();
    }

    public static SafeFileHandle Owned(long result, string call, string? subject) =>
        result >= 0 ? new SafeFileHandle((nint)result, true) : throw new LinuxException(call, Marshal.GetLastPInvokeError(), subject);

    public static void Check(long result, string call, string? subject)
    {
        if (result < 0)
            throw new LinuxException(call, Marshal.GetLastPInvokeError(), subject);
    }
}
