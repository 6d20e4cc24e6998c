using Pier.Model;
using Pier.Model.Notation;

namespace Pier.Engine.Specs;

/// <summary>What --security-opt says. KEY=VALUE, and KEY:VALUE as old clients write it.</summary>
/// <param name="Seccomp">Null or "builtin" for the default filter, "unconfined", or a profile's text.</param>
/// <param name="AppArmor">A profile's name, "unconfined", or null.</param>
sealed record SecurityOptions(string? Seccomp, string? AppArmor, bool NoNewPrivileges, bool WritableCgroups)
{
    /// <summary>Throws <see cref="InvalidParameterException"/> in Docker's words for what is unknown.</summary>
    public static SecurityOptions Parse(IReadOnlyList<string>? options)
    {
        var result = new SecurityOptions(null, null, false, false);
        foreach (var option in options ?? [])
            result = result.With(option);
        return result;
    }

    /// <summary>Labels are another security module's than those that Pier knows; AppArmor must be on for a profile.</summary>
    public static void Check(IReadOnlyList<string>? options, bool appArmor)
    {
        var parsed = Parse(options);
        foreach (var option in options ?? [])
        {
            if (option.StartsWith("label", StringComparison.Ordinal) && option[6..] != "disable")
                throw new InvalidParameterException($"invalid --security-opt: {option}: this host has no such security module");
        }
        if (parsed.AppArmor is not (null or "" or "unconfined") && !appArmor)
            throw new InvalidParameterException(
                $"invalid --security-opt: apparmor={parsed.AppArmor}: this host has no such security module"
            );
    }

    /// <summary>
    /// The AppArmor profile of a container's processes: its own, or the host's default one (null: none there). Null for unconfined.
    /// </summary>
    public string? ProfileOf(HostConfig host, string? byDefault) =>
        host.Privileged || AppArmor == "unconfined" ? null
        : AppArmor is { Length: > 0 } own ? own
        : byDefault;

    SecurityOptions With(string option)
    {
        // "systempaths" is what a client makes of it: empty lists of masked and read-only paths.
        if (option is "no-new-privileges")
            return this with { NoNewPrivileges = true };
        if (option is "disable" or "systempaths=unconfined")
            return this;
        var separator = option.AsSpan().IndexOfAny('=', ':');
        if (separator < 0)
            throw new InvalidParameterException($"invalid --security-opt 1: \"{option}\"");
        var (key, value) = (option[..separator], option[(separator + 1)..]);
        return key switch
        {
            "label" => this,
            "apparmor" => this with { AppArmor = value },
            "seccomp" => this with { Seccomp = value },
            "no-new-privileges" => this with { NoNewPrivileges = Flag(option, value) },
            "writable-cgroups" => this with { WritableCgroups = Flag(option, value) },
            _ => throw Unknown(option),
        };
    }

    static bool Flag(string option, string value) => GoBool.Parse(value) ?? throw Unknown(option);

    static InvalidParameterException Unknown(string option) => new($"invalid --security-opt 2: \"{option}\"");
}
