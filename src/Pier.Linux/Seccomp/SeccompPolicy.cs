namespace Pier.Linux.Seccomp;

/// <summary>How an argument is compared; unsigned, all 64 bits.</summary>
public enum SeccompComparison
{
    NotEqual,
    Less,
    LessOrEqual,
    Equal,
    GreaterOrEqual,
    Greater,

    /// <summary>(argument &amp; Value) == ValueTwo.</summary>
    MaskedEqual,
}

/// <summary>A condition on one argument, 0 to 5.</summary>
public readonly record struct SeccompCondition(int Index, SeccompComparison Comparison, ulong Value, ulong ValueTwo = 0);

/// <summary>Calls by name; the return value (SECCOMP_RET_*) counts when every condition holds.</summary>
public sealed record SeccompFilterRule(IReadOnlyList<string> Names, uint Return, IReadOnlyList<SeccompCondition> Conditions);

/// <summary>What a filter does: one return value for everything, and exceptions. Calls of other ABIs kill the process.</summary>
public sealed record SeccompPolicy(uint Default, IReadOnlyList<SeccompAbi> Abis, IReadOnlyList<SeccompFilterRule> Rules);

/// <summary>SECCOMP_RET_* (linux/seccomp.h); the low 16 bits are data: an errno, or what a tracer gets.</summary>
public static class SeccompReturn
{
    public const uint KillProcess = 0x80000000,
        KillThread = 0,
        Trap = 0x00030000,
        Errno = 0x00050000,
        Notify = 0x7fc00000,
        Trace = 0x7ff00000,
        Log = 0x7ffc0000,
        Allow = 0x7fff0000;
}
