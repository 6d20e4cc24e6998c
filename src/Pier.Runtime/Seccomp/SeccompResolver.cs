using System.Runtime.InteropServices;
using Pier.Model;
using Pier.Model.Runtime;

namespace Pier.Runtime.Seccomp;

/// <summary>Turns a profile into a filter for one container, as Docker does: rules whose conditions do not hold are left out.</summary>
public static class SeccompResolver
{
    /// <param name="profile">The profile.</param>
    /// <param name="capabilities">The container's bounding set.</param>
    /// <param name="kernel">The running kernel.</param>
    /// <param name="architecture">The machine.</param>
    public static LinuxSeccomp Resolve(
        SeccompProfile profile,
        IReadOnlyCollection<string> capabilities,
        Version kernel,
        Architecture architecture
    )
    {
        var rules = new List<SeccompRule>();
        foreach (var rule in profile.Syscalls ?? [])
        {
            if (!Holds(rule, capabilities, kernel, architecture))
                continue;
            if (rule.Name is { Length: > 0 } && rule.Names is { Count: > 0 })
                throw new InvalidParameterException(
                    "both 'name' and 'names' are specified in the seccomp profile, use either 'name' or 'names'"
                );
            rules.Add(
                new SeccompRule
                {
                    Names = rule.Name is { Length: > 0 } name ? [name] : rule.Names ?? [],
                    Action = rule.Action,
                    ErrnoRet = rule.ErrnoRet,
                    Args = rule.Args,
                }
            );
        }
        return new LinuxSeccomp
        {
            DefaultAction = profile.DefaultAction,
            DefaultErrnoRet = profile.DefaultErrnoRet,
            Architectures = Architectures(profile, architecture),
            Flags = profile.Flags,
            ListenerPath = profile.ListenerPath,
            ListenerMetadata = profile.ListenerMetadata,
            Syscalls = rules,
        };
    }

    /// <summary>The running kernel's version, for <see cref="Resolve"/>.</summary>
    public static Version RunningKernel => Environment.OSVersion.Version;

    static IReadOnlyList<string>? Architectures(SeccompProfile profile, Architecture architecture)
    {
        if (profile.ArchMap is not { Count: > 0 } map)
            return profile.Architectures;
        var native = architecture == Architecture.Arm64 ? "SCMP_ARCH_AARCH64" : "SCMP_ARCH_X86_64";
        var entry = map.FirstOrDefault(m => m.Architecture == native);
        return entry is null ? null : [entry.Architecture, .. entry.SubArchitectures ?? []];
    }

    static bool Holds(SeccompProfileRule rule, IReadOnlyCollection<string> capabilities, Version kernel, Architecture architecture)
    {
        var machine = architecture == Architecture.Arm64 ? "arm64" : "amd64";
        if (rule.Excludes is { } excludes)
        {
            if (excludes.Arches is { Count: > 0 } arches && arches.Contains(machine))
                return false;
            if (excludes.Caps?.Any(capabilities.Contains) == true)
                return false;
            if (excludes.MinKernel is { } minimum && kernel >= Kernel(minimum))
                return false;
        }
        if (rule.Includes is not { } includes)
            return true;
        if (includes.Arches is { Count: > 0 } wanted && !wanted.Contains(machine))
            return false;
        if (includes.Caps is { Count: > 0 } caps && !caps.All(capabilities.Contains))
            return false;
        return includes.MinKernel is not { } least || kernel >= Kernel(least);
    }

    static Version Kernel(string text) =>
        Version.TryParse(text, out var version)
            ? version
            : throw new InvalidParameterException($"invalid kernel version \"{text}\" in the seccomp profile");
}
