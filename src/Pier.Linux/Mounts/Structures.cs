using System.Runtime.InteropServices;

namespace Pier.Linux.Mounts;

/// <summary>struct open_how of openat2(2).</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct OpenHow(ulong Flags, ulong Mode, ulong Resolve)
{
    public const int Size = 24;
}

/// <summary>struct mount_attr of mount_setattr(2); the propagation is one of the MS_* types or 0.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct MountAttr(ulong Set, ulong Clear, ulong Propagation, ulong UserNamespace)
{
    public const int Size = 32;
}
