using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Descriptors;

/// <summary>Regular files by descriptor, without buffers, streams or allocation. Every file is opened close-on-exec.</summary>
public static unsafe class PlainFile
{
    /// <summary>Opens for reading and writing, made if it does not exist (mode 0600 unless told).</summary>
    public static SafeFileHandle OpenOrCreate(string path, uint mode = 0x180) => Open(path, Native.O_RDWR | Native.O_CREAT, mode);

    /// <summary>Opens for reading and writing, made or emptied.</summary>
    public static SafeFileHandle Create(string path, uint mode = 0x180) =>
        Open(path, Native.O_RDWR | Native.O_CREAT | Native.O_TRUNC, mode);

    /// <summary>Opens for reading and writing what exists.</summary>
    public static SafeFileHandle OpenExisting(string path) => Open(path, Native.O_RDWR, 0);

    /// <summary>Opens for appending, made if it does not exist (mode 0600).</summary>
    public static SafeFileHandle OpenToAppend(string path) => Open(path, Native.O_WRONLY | Native.O_CREAT | Native.O_APPEND, 0x180);

    /// <summary>Opens for reading.</summary>
    public static SafeFileHandle OpenRead(string path) => Open(path, Native.O_RDONLY, 0);

    /// <summary>An anonymous file in memory (man 2 memfd_create).</summary>
    public static SafeFileHandle InMemory(string name) => Owned(Native.MemFd(name, Native.MFD_CLOEXEC), "memfd_create", name);

    /// <summary>The same of a fixed size: NULs at first, and writes past its end fail (F_SEAL_GROW).</summary>
    public static SafeFileHandle InMemory(string name, int size)
    {
        var file = Owned(Native.MemFd(name, Native.MFD_CLOEXEC | Native.MFD_ALLOW_SEALING), "memfd_create", name);
        Resize(file, size);
        if (Native.Control(file, Native.F_ADD_SEALS, Native.F_SEAL_GROW) != 0)
            throw new LinuxException("fcntl", Marshal.GetLastPInvokeError(), "F_ADD_SEALS");
        return file;
    }

    /// <summary>Reads at an offset until the buffer is full or the file ends; returns the number of bytes.</summary>
    public static int ReadAt(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        var done = 0;
        fixed (byte* start = buffer)
        {
            while (done < buffer.Length)
            {
                var count = Native.ReadAt(file, start + done, (nuint)(buffer.Length - done), offset + done);
                if (count == 0)
                    break;
                if (count < 0 && !Interrupted("pread"))
                    break;
                if (count > 0)
                    done += (int)count;
            }
        }
        return done;
    }

    /// <summary>Writes all of the bytes at an offset; false and the errno when it cannot (ENOSPC, EDQUOT, EIO ...).</summary>
    public static bool TryWriteAt(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset, out int errno)
    {
        var done = 0;
        errno = 0;
        fixed (byte* start = bytes)
        {
            while (done < bytes.Length)
            {
                var count = Native.WriteAt(file, start + done, (nuint)(bytes.Length - done), offset + done);
                if (count >= 0)
                    done += (int)count;
                else if ((errno = Marshal.GetLastPInvokeError()) != Errno.EINTR)
                    return false;
            }
        }
        errno = 0;
        return true;
    }

    /// <summary>Writes all of the bytes at an offset.</summary>
    public static void WriteAt(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        if (!TryWriteAt(file, bytes, offset, out var errno))
            throw new LinuxException("pwrite", errno);
    }

    /// <summary>The size in bytes.</summary>
    public static long Size(SafeFileHandle file)
    {
        var size = Native.Seek(file, 0, Native.SEEK_END);
        return size >= 0 ? size : throw new LinuxException("lseek", Marshal.GetLastPInvokeError());
    }

    /// <summary>Sets the size; the file grows by a hole.</summary>
    public static void Resize(SafeFileHandle file, long size)
    {
        if (Native.Truncate(file, size) != 0)
            throw new LinuxException("ftruncate", Marshal.GetLastPInvokeError());
    }

    /// <summary>The inode number (struct statx, stx_ino at offset 32); 0 when there is no such file.</summary>
    public static ulong Inode(string path)
    {
        var buffer = stackalloc byte[256];
        return Native.StatX(Native.AT_FDCWD, path, 0, 0x100, buffer) == 0 ? *(ulong*)(buffer + 32) : 0;
    }

    /// <summary>Renames over whatever is there (man 2 rename); false when the source does not exist.</summary>
    public static bool Rename(string from, string to)
    {
        if (Native.Rename(from, to) == 0)
            return true;
        var errno = Marshal.GetLastPInvokeError();
        return errno == Errno.ENOENT ? false : throw new LinuxException("rename", errno, from);
    }

    /// <summary>Removes a name; no error when it is gone already.</summary>
    public static void Remove(string path)
    {
        if (Native.Unlink(path) == 0)
            return;
        var errno = Marshal.GetLastPInvokeError();
        if (errno != Errno.ENOENT)
            throw new LinuxException("unlink", errno, path);
    }

    /// <summary>Makes a directory; no error when there is one.</summary>
    public static void MakeDirectory(string path, uint mode)
    {
        if (Native.MakeDirectory(path, mode) == 0)
            return;
        var errno = Marshal.GetLastPInvokeError();
        if (errno != Errno.EEXIST)
            throw new LinuxException("mkdir", errno, path);
    }

    /// <summary>Takes the exclusive lock of an open file (man 2 flock); false when somebody else has it.</summary>
    public static bool TryLock(SafeFileHandle file) => Native.Lock(file, Native.LOCK_EX | Native.LOCK_NB) == 0;

    static SafeFileHandle Open(string path, int flags, uint mode) =>
        Owned(Native.OpenAt(Native.AT_FDCWD, path, flags | Native.O_CLOEXEC, mode), "open", path);

    static SafeFileHandle Owned(int fd, string call, string subject) =>
        fd >= 0 ? new SafeFileHandle(fd, true) : throw new LinuxException(call, Marshal.GetLastPInvokeError(), subject);

    static bool Interrupted(string call) =>
        Marshal.GetLastPInvokeError() is var errno && errno == Errno.EINTR ? true : throw new LinuxException(call, errno);
}
