using System.Runtime.InteropServices;

namespace Pier.Linux.Launch;

/// <summary>What the interpreter does when an op's call returns -1.</summary>
public enum OnError : byte
{
    /// <summary>The program ends: op index and errno are reported, the child exits with 127.</summary>
    Fail = 0,

    /// <summary>Go on with the next op, whatever the errno.</summary>
    Ignore = 1,

    /// <summary>Go on with the next op for the named errno (<see cref="Op.Errno"/>), otherwise fail.</summary>
    IgnoreErrno = 2,

    /// <summary>Go on at <see cref="Op.Target"/> for the named errno (or for every errno when it is 0), otherwise fail.</summary>
    Jump = 3,
}

/// <summary>Op numbers below zero are no system calls but the interpreter's own.</summary>
public static class OpCode
{
    /// <summary>Ends the program by returning from the interpreter: only used to warm the method up.</summary>
    public const int Return = -1;

    /// <summary>
    /// Second clone (libc clone, CLONE_VM|CLONE_VFORK added by the loader): Args[0] is the flags; the child goes on at
    /// <see cref="Op.Target"/> on a stack of its own, the parent goes on with the next op when the child has exec'd or ended.
    /// At most one a program. CLONE_PARENT and CLONE_PARENT_SETTID make the launcher the parent and let it know the pid.
    /// </summary>
    public const int Clone = -2;

    /// <summary>Goes on at <see cref="Op.Target"/>.</summary>
    public const int Jump = -3;
}

/// <summary>One operation of a launch program: a system call with up to six arguments. 72 bytes, flat, relocatable.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct Op
{
    /// <summary>System call number on the machine that the program was compiled for, or an <see cref="OpCode"/>.</summary>
    public int Number;

    /// <summary>Bit i set: Args[i] is a slot index, and the slot's value is passed.</summary>
    public byte References;

    /// <summary>An <see cref="Launch.OnError"/>.</summary>
    public byte OnError;

    /// <summary>Slot that takes the result, or -1.</summary>
    public short Result;

    /// <summary>The errno that <see cref="Launch.OnError.IgnoreErrno"/> and <see cref="Launch.OnError.Jump"/> speak of.</summary>
    public int Errno;

    /// <summary>Absolute op index to go on at; always later than this op, so that every program ends.</summary>
    public int Target;

    /// <summary>Immediates, slot indexes, or offsets into the block (which the loader turns into addresses).</summary>
    public fixed long Args[6];
}
