namespace Pier.Model.Runtime;

/// <summary>A resolved seccomp filter (config-linux.md, "Seccomp"). Actions and operators by their libseccomp names.</summary>
public sealed record LinuxSeccomp
{
    public string DefaultAction { get; init; } = "";
    public uint? DefaultErrnoRet { get; init; }
    public IReadOnlyList<string>? Architectures { get; init; }
    public IReadOnlyList<string>? Flags { get; init; }
    public string? ListenerPath { get; init; }
    public string? ListenerMetadata { get; init; }
    public IReadOnlyList<SeccompRule>? Syscalls { get; init; }
}

/// <summary>Calls by name that take an action when every argument condition holds.</summary>
public sealed record SeccompRule
{
    public IReadOnlyList<string> Names { get; init; } = [];
    public string Action { get; init; } = "";
    public uint? ErrnoRet { get; init; }
    public IReadOnlyList<SeccompArgument>? Args { get; init; }
}

/// <summary>A condition on argument <see cref="Index"/> (0 to 5). For SCMP_CMP_MASKED_EQ: (argument &amp; Value) == ValueTwo.</summary>
public sealed record SeccompArgument
{
    public uint Index { get; init; }
    public ulong Value { get; init; }
    public ulong ValueTwo { get; init; }
    public string Op { get; init; } = "";
}
