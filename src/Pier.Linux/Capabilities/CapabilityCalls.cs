using System.Runtime.InteropServices;

namespace Pier.Linux.Capabilities;

/// <summary>Options of prctl(2) and the structures of capset(2) that launch programs use (linux/prctl.h, linux/capability.h).</summary>
public static class CapabilityCalls
{
    public const int PrSetDumpable = 4,
        PrSetKeepCaps = 8,
        PrCapbsetDrop = 24,
        PrSetNoNewPrivs = 38,
        PrCapAmbient = 47;
    public const int AmbientRaise = 2,
        AmbientClearAll = 4;
}

/// <summary>struct __user_cap_header_struct, _LINUX_CAPABILITY_VERSION_3; pid 0 is the caller.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct CapabilityHeader(uint Version, int Pid)
{
    public static CapabilityHeader Self => new(0x20080522, 0);
}

/// <summary>The two struct __user_cap_data_struct that version 3 takes.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct CapabilityData(
    uint Effective0,
    uint Permitted0,
    uint Inheritable0,
    uint Effective1,
    uint Permitted1,
    uint Inheritable1
)
{
    public static CapabilityData Of(ulong effective, ulong permitted, ulong inheritable) =>
        new(
            (uint)effective,
            (uint)permitted,
            (uint)inheritable,
            (uint)(effective >> 32),
            (uint)(permitted >> 32),
            (uint)(inheritable >> 32)
        );
}
