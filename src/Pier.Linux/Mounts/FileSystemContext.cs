using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;

namespace Pier.Linux.Mounts;

/// <summary>
/// The new mount calls: fsopen(2), fsconfig(2), fsmount(2). A context collects options and becomes a mount that hangs nowhere yet; what the
/// kernel complained about is read back from the context and stands in the error.
/// </summary>
sealed unsafe partial class FileSystemContext : IDisposable
{
    // The same numbers on x86-64 and arm64.
    const nint SysFsopen = 430, SysFsconfig = 431, SysFsmount = 432;
    const nint FSOPEN_CLOEXEC = 1, FSMOUNT_CLOEXEC = 1;
    const nint FSCONFIG_SET_FLAG = 0, FSCONFIG_SET_STRING = 1, FSCONFIG_CMD_CREATE = 6;

    /// <summary>fsconfig copies at most this many bytes of a string, the NUL included (fs/fsopen.c).</summary>
    internal const int MaxString = 256;

    readonly SafeFileHandle _context;
    readonly string _type;

    internal FileSystemContext(string type)
    {
        _type = type;
        _context = FileCalls.Own(fsopen(SysFsopen, PathText.ToC(type, "fsopen"), FSOPEN_CLOEXEC), "fsopen", type);
    }

    internal void Set(string key, string value)
    {
        if (fsconfig(SysFsconfig, _context, FSCONFIG_SET_STRING, PathText.ToC(key, "fsconfig"), PathText.ToC(value, "fsconfig"), 0) < 0)
            throw Failed("fsconfig", $"{key}={value}");
    }

    internal void Set(string flag)
    {
        if (fsconfig(SysFsconfig, _context, FSCONFIG_SET_FLAG, PathText.ToC(flag, "fsconfig"), null, 0) < 0) throw Failed("fsconfig", flag);
    }

    /// <summary>Makes the file system and mounts it, detached. Attributes are MOUNT_ATTR_*.</summary>
    internal SafeFileHandle Mount(nint attributes)
    {
        if (fsconfig(SysFsconfig, _context, FSCONFIG_CMD_CREATE, null, null, 0) < 0) throw Failed("fsconfig", "create");
        var fd = fsmount(SysFsmount, _context, FSMOUNT_CLOEXEC, attributes);
        return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw Failed("fsmount", null);
    }

    LinuxException Failed(string call, string? option)
    {
        var errno = Marshal.GetLastPInvokeError();
        var message = ReadMessage();
        var subject = option is null ? _type : $"{_type} {option}";
        return new LinuxException(call, errno, message.Length == 0 ? subject : $"{subject} ({message})");
    }

    // Each read gives one message, "e text" for errors; ENODATA when there is none.
    string ReadMessage()
    {
        var buffer = new byte[512];
        fixed (byte* p = buffer)
        {
            var length = FileCalls.read(_context, p, (nuint)buffer.Length);
            return length <= 2 ? "" : PathText.Decode(buffer.AsSpan(2, (int)length - 2)).TrimEnd();
        }
    }

    public void Dispose() => _context.Dispose();

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint fsopen(nint number, byte[] type, nint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint fsconfig(nint number, SafeHandle context, nint command, byte[]? key, byte[]? value, nint aux);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint fsmount(nint number, SafeHandle context, nint flags, nint attributes);
}
