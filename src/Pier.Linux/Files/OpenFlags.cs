using System.Runtime.InteropServices;

namespace Pier.Linux.Files;

/// <summary>O_* of open(2). A few values differ between x86-64 and arm64; <see cref="OpenFlagsExtensions.ToKernel"/> knows them.</summary>
[Flags]
public enum OpenFlags
{
    ReadOnly = 0,
    WriteOnly = 1,
    ReadWrite = 2,
    Create = 0x40,
    Exclusive = 0x80,
    NoControllingTerminal = 0x100,
    Truncate = 0x200,
    Append = 0x400,
    NonBlocking = 0x800,
    Directory = 0x10000,
    NoFollow = 0x20000,
    Path = 0x200000,

    /// <summary>An unnamed file in a directory (O_TMPFILE without the O_DIRECTORY that it implies).</summary>
    Unnamed = 0x400000,
}

static class OpenFlagsExtensions
{
    const int CloseOnExec = 0x80000;

    /// <summary>The machine's bits, with O_CLOEXEC: no descriptor of the engine survives an execve by accident.</summary>
    internal static int ToKernel(this OpenFlags flags)
    {
        var bits = (int)flags | (flags.HasFlag(OpenFlags.Unnamed) ? (int)OpenFlags.Directory : 0);
        if (RuntimeInformation.ProcessArchitecture != Architecture.Arm64)
            return bits | CloseOnExec;
        // asm/fcntl.h of arm64: O_DIRECTORY is 0x4000, O_NOFOLLOW is 0x8000.
        var moved = bits & ~0x30000;
        if ((bits & (int)OpenFlags.Directory) != 0)
            moved |= 0x4000;
        if ((bits & (int)OpenFlags.NoFollow) != 0)
            moved |= 0x8000;
        return moved | CloseOnExec;
    }
}

/// <summary>RESOLVE_* of openat2(2): how far a path may lead.</summary>
[Flags]
public enum Resolve : ulong
{
    None = 0,
    NoCrossDevice = 0x01,
    NoMagicLinks = 0x02,
    NoSymlinks = 0x04,

    /// <summary>Leaving the directory is an error (EXDEV).</summary>
    Beneath = 0x08,

    /// <summary>The directory is the root: absolute links start there and ".." ends there, as after chroot(2).</summary>
    InRoot = 0x10,
}
