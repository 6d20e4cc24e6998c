namespace Pier.Linux.Seccomp;

/// <summary>Operations and flags of seccomp(2) (linux/seccomp.h).</summary>
public static class SeccompCalls
{
    public const int SetModeFilter = 1;
    public const uint FlagTsync = 1,
        FlagLog = 2,
        FlagSpecAllow = 4,
        FlagWaitKillableRecv = 32;
}
