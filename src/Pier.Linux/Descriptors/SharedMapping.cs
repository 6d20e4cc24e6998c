using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Descriptors;

/// <summary>
/// A file mapped shared (man 2 mmap): a store is in the file as soon as the instruction is done, whatever becomes of the process.
/// </summary>
public sealed unsafe class SharedMapping : IDisposable
{
    byte* _start;

    /// <summary>
    /// Maps the first <paramref name="length"/> bytes of a file, writable or not. Touching bytes past the file's end is SIGBUS.
    /// </summary>
    public SharedMapping(SafeFileHandle file, int length, bool writable = true)
    {
        var memory = Native.Map(null, (nuint)length, writable ? 3 : 1, 1, file, 0); // PROT_READ|PROT_WRITE, MAP_SHARED
        if ((nint)memory == -1)
            throw new LinuxException("mmap", Marshal.GetLastPInvokeError());
        _start = (byte*)memory;
        Length = length;
    }

    /// <summary>Length in bytes.</summary>
    public int Length { get; }

    /// <summary>The first byte; valid until <see cref="Dispose"/>.</summary>
    public byte* Start => _start;

    /// <summary>Part of the mapping.</summary>
    public Span<byte> Slice(int offset, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + (long)count, Length);
        return new Span<byte>(_start + offset, count);
    }

    public void Dispose()
    {
        if (_start != null)
            _ = Native.Unmap(_start, (nuint)Length);
        _start = null;
    }
}
