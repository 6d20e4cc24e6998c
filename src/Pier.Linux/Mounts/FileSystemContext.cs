using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Mounts;

/// <summary>A file system being configured (fsopen, fsconfig). The kernel's own explanation of an error goes into the exception.</summary>
public sealed class FileSystemContext : IDisposable
{
    readonly SafeFileHandle _context;
    readonly string _type;

    public FileSystemContext(string type)
    {
        _type = type;
        _context = Borrowed.Owned(Native.Fsopen(type, MountCalls.FsopenCloexec), "fsopen", type);
    }

    public void Set(string flag) => Configure(MountCalls.FsconfigSetFlag, flag, null, 0);

    /// <summary>Sets a flag; false where this kernel does not know it.</summary>
    public bool TrySet(string flag)
    {
        using var context = new Borrowed(_context);
        return Native.Fsconfig(context.Number, MountCalls.FsconfigSetFlag, flag, null, 0) == 0;
    }

    public void Set(string key, string value) => Configure(MountCalls.FsconfigSetString, key, value, 0);

    /// <summary>Sets an option to an open file; false where this kernel takes no descriptor for it.</summary>
    public bool TrySet(string key, SafeFileHandle value)
    {
        using var context = new Borrowed(_context);
        using var fd = new Borrowed(value);
        return Native.Fsconfig(context.Number, MountCalls.FsconfigSetFd, key, null, fd.Number) == 0;
    }

    /// <summary>Sets an option; false where this kernel does not know it.</summary>
    public bool TrySet(string key, string value)
    {
        using var context = new Borrowed(_context);
        return Native.Fsconfig(context.Number, MountCalls.FsconfigSetString, key, value, 0) == 0;
    }

    /// <summary>Makes the superblock and a detached mount of it.</summary>
    public SafeFileHandle Mount(MountAttributes attributes)
    {
        Configure(MountCalls.FsconfigCmdCreate, null, null, 0);
        using var context = new Borrowed(_context);
        return Borrowed.Owned(Native.Fsmount(context.Number, MountCalls.FsmountCloexec, (ulong)attributes), "fsmount", _type);
    }

    void Configure(int command, string? key, string? value, int auxiliary)
    {
        using var context = new Borrowed(_context);
        if (Native.Fsconfig(context.Number, command, key, value, auxiliary) == 0)
            return;
        var errno = System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
        var subject =
            key is null ? _type
            : value is null ? $"{_type} {key}"
            : $"{_type} {key}={value}";
        throw new LinuxException("fsconfig", errno, Explanation() is { Length: > 0 } why ? $"{subject} ({why})" : subject);
    }

    // The context's message log: one message a read, "e text" for errors.
    string Explanation()
    {
        Span<byte> buffer = stackalloc byte[512];
        try
        {
            var count = RandomAccess.Read(_context, buffer, 0);
            return count > 2 ? System.Text.Encoding.UTF8.GetString(buffer[2..count]).Trim() : "";
        }
        catch (Exception e) when (e is IOException or NotSupportedException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    public void Dispose() => _context.Dispose();
}
