using System.Runtime.InteropServices;

namespace Pier.Linux.Launch;

/// <summary>
/// Everything that <see cref="Interpreter.Run"/> needs, in unmanaged memory: between clone and execve the child may touch
/// nothing that the garbage collector owns.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
unsafe struct LaunchContext
{
    /// <summary>Address of libc's <c>syscall</c>.</summary>
    public nint Syscall;

    /// <summary>Address of libc's <c>clone</c>.</summary>
    public nint Clone;

    /// <summary>Address of <see cref="Interpreter.Run"/>, for the second clone.</summary>
    public nint Entry;

    /// <summary>errno of the launching thread: with CLONE_VM the child shares its thread-local storage.</summary>
    public int* Errno;

    public Op* Ops;
    public int Count;

    /// <summary>Op index to begin with.</summary>
    public int Start;

    public long* Slots;

    /// <summary>Where the first failure goes; shared by both contexts of a program that clones again.</summary>
    public LaunchFailure* Failure;

    /// <summary>Pipe that gets the 8 bytes of <see cref="Failure"/> (plain fork: memory is not shared), or -1.</summary>
    public int ErrorFd;

    /// <summary>Numbers of write and exit_group on this machine.</summary>
    public int Write,
        ExitGroup;

    /// <summary>CLONE_PARENT_SETTID target of the second clone.</summary>
    public int* Pid;

    /// <summary>Context of the second clone's child, and the top of its stack.</summary>
    public LaunchContext* Child;
    public byte* ChildStack;
}

/// <summary>The op that failed (-1: none) and its errno.</summary>
[StructLayout(LayoutKind.Sequential)]
struct LaunchFailure
{
    public int Op,
        Errno;
}
