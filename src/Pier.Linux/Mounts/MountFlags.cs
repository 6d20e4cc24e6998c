namespace Pier.Linux.Mounts;

/// <summary>Flags of mount(2) (linux/mount.h).</summary>
[Flags]
public enum MountFlags : uint
{
    None = 0,
    ReadOnly = 1,
    NoSuid = 2,
    NoDev = 4,
    NoExec = 8,
    Synchronous = 16,
    Remount = 32,
    MandatoryLock = 64,
    DirSync = 128,
    NoSymFollow = 256,
    NoAtime = 1024,
    NoDirAtime = 2048,
    Bind = 4096,
    Move = 8192,
    Recursive = 16384,
    Silent = 32768,
    Unbindable = 1 << 17,
    Private = 1 << 18,
    Slave = 1 << 19,
    Shared = 1 << 20,
    RelAtime = 1 << 21,
    StrictAtime = 1 << 24,
    LazyTime = 1 << 25,
}

/// <summary>Attributes of one mount, for fsmount(2) and mount_setattr(2) (linux/mount.h, MOUNT_ATTR_*).</summary>
[Flags]
public enum MountAttributes : ulong
{
    None = 0,
    ReadOnly = 0x1,
    NoSuid = 0x2,
    NoDev = 0x4,
    NoExec = 0x8,

    /// <summary>The access-time modes are values of a field, not flags; relatime is its zero.</summary>
    AccessTimeMask = 0x70,
    NoAtime = 0x10,
    StrictAtime = 0x20,
    NoDirAtime = 0x80,
    IdMap = 0x100000,
    NoSymFollow = 0x200000,
}

/// <summary>umount2(2).</summary>
public static class UnmountFlags
{
    public const int Force = 1,
        Detach = 2,
        Expire = 4,
        NoFollow = 8;
}

/// <summary>Constants of the mount calls on file descriptors (linux/mount.h, linux/fcntl.h).</summary>
public static class MountCalls
{
    public const int FsopenCloexec = 1;
    public const int FsmountCloexec = 1;
    public const int FsconfigSetFlag = 0,
        FsconfigSetString = 1,
        FsconfigSetFd = 5,
        FsconfigCmdCreate = 6;
    public const int OpenTreeClone = 1,
        OpenTreeCloexec = 0x80000;
    public const int MoveMountFromEmptyPath = 0x4,
        MoveMountToEmptyPath = 0x40;
    public const int AtFdcwd = -100,
        AtEmptyPath = 0x1000,
        AtRecursive = 0x8000,
        AtSymlinkNofollow = 0x100;
}

/// <summary>Flags of open(2) and openat2(2) on x64 and arm64 where they agree (asm-generic/fcntl.h, linux/openat2.h).</summary>
public static class OpenFlags
{
    public const int ReadOnly = 0,
        WriteOnly = 1,
        ReadWrite = 2,
        Create = 0x40,
        Exclusive = 0x80,
        NoCtty = 0x100,
        Truncate = 0x200,
        Append = 0x400,
        NonBlock = 0x800,
        CloseOnExec = 0x80000,
        Path = 0x200000;

    /// <summary>O_DIRECTORY and O_NOFOLLOW differ: arm64 kept its own values.</summary>
    public static int Directory =>
        System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64
            ? 0x4000
            : 0x10000;

    public static int NoFollow =>
        System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64
            ? 0x8000
            : 0x20000;

    /// <summary>openat2's resolve bits.</summary>
    public const ulong ResolveNoXdev = 0x1,
        ResolveNoMagiclinks = 0x2,
        ResolveNoSymlinks = 0x4,
        ResolveBeneath = 0x8,
        ResolveInRoot = 0x10;
}
