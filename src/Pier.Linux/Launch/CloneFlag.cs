namespace Pier.Linux.Launch;

/// <summary>Flags of clone (man 2 clone, linux/sched.h) that are no namespaces.</summary>
public static class CloneFlag
{
    public const int VM = 0x100, VFORK = 0x4000, PARENT = 0x8000, PARENT_SETTID = 0x100000;

    /// <summary>Flags that a program may give to the first clone: CLONE_NEW* (NEWTIME is only for unshare and clone3).</summary>
    public const ulong Namespaces = 0x20000 | 0x2000000 | 0x4000000 | 0x8000000 | 0x10000000 | 0x20000000 | 0x40000000;
}
