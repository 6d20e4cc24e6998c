using System.Runtime.InteropServices;

namespace Pier.Linux.Launch;

/// <summary>A stack for a cloned child: mapped memory with a guard page below, so that an overflow faults in the child.</summary>
sealed unsafe class ChildStack : IDisposable
{
    // The interpreter and libc's clone need a few hundred bytes; a managed frame may be larger in an unoptimised build.
    const int Size = 64 << 10,
        GuardSize = 4096;

    byte* _memory;

    public ChildStack()
    {
        var memory = Native.Map(
            null,
            Size,
            Native.PROT_READ | Native.PROT_WRITE,
            Native.MAP_PRIVATE | Native.MAP_ANONYMOUS | Native.MAP_STACK | Native.MAP_NORESERVE,
            -1,
            0
        );
        if ((nint)memory == -1)
            throw new LinuxException("mmap", Marshal.GetLastPInvokeError(), "stack");
        _memory = (byte*)memory;
        if (Native.Protect(memory, GuardSize, Native.PROT_NONE) != 0)
            throw new LinuxException("mprotect", Marshal.GetLastPInvokeError(), "stack guard");
    }

    /// <summary>The address just above the stack; stacks grow down.</summary>
    public byte* Top => _memory + Size;

    public void Dispose()
    {
        if (_memory != null)
            _ = Native.Unmap(_memory, Size);
        _memory = null;
        GC.SuppressFinalize(this);
    }

    ~ChildStack() => Dispose();
}
