namespace Pier.Linux.Namespaces;

/// <summary>Flags of clone(2), unshare(2) and setns(2) (linux/sched.h).</summary>
[Flags]
public enum CloneFlags : ulong
{
    None = 0,
    Vm = 0x100,
    VFork = 0x4000,
    Parent = 0x8000,
    ParentSetTid = 0x100000,
    NewTime = 0x80,
    NewMount = 0x20000,
    NewCgroup = 0x2000000,
    NewUts = 0x4000000,
    NewIpc = 0x8000000,
    NewUser = 0x10000000,
    NewPid = 0x20000000,
    NewNetwork = 0x40000000,

    /// <summary>Every namespace that the first clone of a launch may make: NewTime is only for unshare and clone3.</summary>
    NewAtClone = NewMount | NewCgroup | NewUts | NewIpc | NewUser | NewPid | NewNetwork,

    /// <summary>SIGCHLD in the low byte: what the parent gets when the child ends.</summary>
    SignalChild = 17,
}
