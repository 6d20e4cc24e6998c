using System.Runtime.InteropServices;
using Pier.Linux.Seccomp;
using Pier.Model;
using Pier.Model.Runtime;
using Pier.Runtime.Compile;

namespace Pier.Runtime.Seccomp;

/// <summary>An OCI filter in the kernel's terms.</summary>
public static class SeccompTranslator
{
    const uint EPERM = 1;

    /// <summary>
    /// Compiles a filter; throws <see cref="InvalidParameterException"/> naming what in it is wrong. System calls without a number here are
    /// left out.
    /// </summary>
    public static SeccompProgram Compile(LinuxSeccomp seccomp, Architecture architecture)
    {
        if (seccomp.ListenerPath is { Length: > 0 })
            throw new UnsupportedException("linux.seccomp.listenerPath: notification is not supported");
        var policy = new SeccompPolicy(
            Return(seccomp.DefaultAction, seccomp.DefaultErrnoRet, "linux.seccomp.defaultAction"),
            Abis(seccomp, architecture),
            [.. (seccomp.Syscalls ?? []).Select((rule, i) => Rule(rule, $"linux.seccomp.syscalls[{i}]"))]
        );
        try
        {
            return new SeccompProgram(Flags(seccomp.Flags), SeccompCompiler.Compile(policy));
        }
        catch (ArgumentException e)
        {
            throw new InvalidParameterException($"linux.seccomp: {e.Message}", e);
        }
    }

    static SeccompFilterRule Rule(SeccompRule rule, string path) =>
        new(rule.Names, Return(rule.Action, rule.ErrnoRet, path), [.. (rule.Args ?? []).Select(a => Condition(a, path))]);

    static SeccompCondition Condition(SeccompArgument argument, string path)
    {
        if (argument.Index > 5)
            throw new InvalidParameterException($"{path}.args: index {argument.Index} is not between 0 and 5");
        var comparison = argument.Op switch
        {
            "SCMP_CMP_NE" => SeccompComparison.NotEqual,
            "SCMP_CMP_LT" => SeccompComparison.Less,
            "SCMP_CMP_LE" => SeccompComparison.LessOrEqual,
            "SCMP_CMP_EQ" => SeccompComparison.Equal,
            "SCMP_CMP_GE" => SeccompComparison.GreaterOrEqual,
            "SCMP_CMP_GT" => SeccompComparison.Greater,
            "SCMP_CMP_MASKED_EQ" => SeccompComparison.MaskedEqual,
            var other => throw new InvalidParameterException($"{path}.args: unknown operator \"{other}\""),
        };
        return new SeccompCondition((int)argument.Index, comparison, argument.Value, argument.ValueTwo);
    }

    static uint Return(string action, uint? data, string path) =>
        action switch
        {
            "SCMP_ACT_ALLOW" => SeccompReturn.Allow,
            "SCMP_ACT_ERRNO" => SeccompReturn.Errno | (data ?? EPERM) & 0xffff,
            "SCMP_ACT_KILL" or "SCMP_ACT_KILL_THREAD" => SeccompReturn.KillThread,
            "SCMP_ACT_KILL_PROCESS" => SeccompReturn.KillProcess,
            "SCMP_ACT_TRAP" => SeccompReturn.Trap,
            "SCMP_ACT_TRACE" => SeccompReturn.Trace | (data ?? EPERM) & 0xffff,
            "SCMP_ACT_LOG" => SeccompReturn.Log,
            "SCMP_ACT_NOTIFY" => throw new UnsupportedException($"{path}: notification is not supported"),
            _ => throw new InvalidParameterException($"{path}: unknown action \"{action}\""),
        };

    static IReadOnlyList<SeccompAbi> Abis(LinuxSeccomp seccomp, Architecture architecture)
    {
        var native = architecture == Architecture.Arm64 ? SeccompAbi.Arm64 : SeccompAbi.X64;
        var abis = new List<SeccompAbi> { native };
        foreach (var name in seccomp.Architectures ?? [])
        {
            switch (name)
            {
                case "SCMP_ARCH_X86_64" or "SCMP_ARCH_AARCH64" or "SCMP_ARCH_NATIVE":
                    break;
                case "SCMP_ARCH_X86" when native == SeccompAbi.X64:
                    abis.Add(SeccompAbi.I386);
                    break;
                case "SCMP_ARCH_X32" when native == SeccompAbi.X64:
                    abis.Add(SeccompAbi.X32);
                    break;
                // Other machines' ABIs cannot occur here.
                default:
                    if (!name.StartsWith("SCMP_ARCH_", StringComparison.Ordinal))
                        throw new InvalidParameterException($"linux.seccomp.architectures: unknown architecture \"{name}\"");
                    break;
            }
        }
        return abis;
    }

    static uint Flags(IReadOnlyList<string>? flags)
    {
        uint bits = 0;
        foreach (var flag in flags ?? [])
        {
            bits |= flag switch
            {
                // One thread: nothing to synchronise.
                "SECCOMP_FILTER_FLAG_TSYNC" => 0,
                "SECCOMP_FILTER_FLAG_LOG" => SeccompCalls.FlagLog,
                "SECCOMP_FILTER_FLAG_SPEC_ALLOW" => SeccompCalls.FlagSpecAllow,
                "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV" => 0,
                _ => throw new InvalidParameterException($"linux.seccomp.flags: unknown flag \"{flag}\""),
            };
        }
        return bits;
    }
}
