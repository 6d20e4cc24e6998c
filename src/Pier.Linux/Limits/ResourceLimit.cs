using System.Runtime.InteropServices;

namespace Pier.Linux.Limits;

/// <summary>struct rlimit64 of prlimit(2), and the resources by name (asm-generic/resource.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct ResourceLimit(ulong Soft, ulong Hard)
{
    static readonly string[] Names =
    [
        "RLIMIT_CPU",
        "RLIMIT_FSIZE",
        "RLIMIT_DATA",
        "RLIMIT_STACK",
        "RLIMIT_CORE",
        "RLIMIT_RSS",
        "RLIMIT_NPROC",
        "RLIMIT_NOFILE",
        "RLIMIT_MEMLOCK",
        "RLIMIT_AS",
        "RLIMIT_LOCKS",
        "RLIMIT_SIGPENDING",
        "RLIMIT_MSGQUEUE",
        "RLIMIT_NICE",
        "RLIMIT_RTPRIO",
        "RLIMIT_RTTIME",
    ];

    /// <summary>The number of "RLIMIT_NOFILE" and so on, or -1.</summary>
    public static int Number(string name) => Array.IndexOf(Names, name);
}
