using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Files;

/// <summary>
/// Copies file contents inside the kernel: copy_file_range(2) by extents, so that holes stay holes (SEEK_DATA of lseek(2)).
/// </summary>
public static unsafe class FileCopy
{
    const int SEEK_SET = 0,
        SEEK_DATA = 3,
        SEEK_HOLE = 4,
        BufferSize = 128 << 10;

    /// <summary>Copies all of a regular file to an empty one.</summary>
    public static void Whole(SafeFileHandle source, SafeFileHandle target, long size)
    {
        SetLength(target, size);
        for (long at = 0; at < size; )
        {
            var data = FileCalls.lseek(source, at, SEEK_DATA);
            if (data < 0)
            {
                // ENXIO: nothing but a hole is left.
                if (Marshal.GetLastPInvokeError() == Errno.ENXIO)
                    return;
                data = at;
            }
            var end = FileCalls.lseek(source, data, SEEK_HOLE) is var hole and > 0 ? Math.Min(hole, size) : size;
            Range(source, target, data, end - data);
            at = end;
        }
    }

    /// <summary>ftruncate(2): shortens, or lengthens by a hole.</summary>
    public static void SetLength(SafeFileHandle file, long length) => FileCalls.Check(FileCalls.ftruncate(file, length), "ftruncate");

    /// <summary>pwrite(2) of all bytes; errors name the call and the file.</summary>
    public static void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset, string subject)
    {
        while (bytes.Length > 0)
        {
            nint written;
            fixed (byte* p = bytes)
                written = FileCalls.pwrite(file, p, (nuint)bytes.Length, offset);
            if (written < 0 && Marshal.GetLastPInvokeError() != Errno.EINTR)
                throw FileCalls.Failed("write", subject);
            if (written <= 0)
                continue;
            bytes = bytes[(int)written..];
            offset += written;
        }
    }

    static void Range(SafeFileHandle source, SafeFileHandle target, long offset, long length)
    {
        var (from, to) = (offset, offset);
        while (length > 0)
        {
            var copied = FileCalls.copy_file_range(source, &from, target, &to, (nuint)Math.Min(length, 1 << 30), 0);
            if (copied == 0)
                return;
            if (copied < 0)
            {
                if (Marshal.GetLastPInvokeError() is not (Errno.EXDEV or Errno.EINVAL or Errno.EOPNOTSUPP or Errno.ENOSYS))
                    throw FileCalls.Failed("copy_file_range");
                CopyBytes(source, target, from, length);
                return;
            }
            length -= copied;
        }
    }

    static void CopyBytes(SafeFileHandle source, SafeFileHandle target, long offset, long length)
    {
        // Trees have many files: a buffer for each would keep the collector busy.
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(length, BufferSize));
        try
        {
            while (length > 0)
            {
                var read = RandomAccess.Read(source, buffer.AsSpan(0, (int)Math.Min(length, buffer.Length)), offset);
                if (read == 0)
                    return;
                RandomAccess.Write(target, buffer.AsSpan(0, read), offset);
                (offset, length) = (offset + read, length - read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
