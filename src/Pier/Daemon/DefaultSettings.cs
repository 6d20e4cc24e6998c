using System.Globalization;
using System.Text.Json;
using Pier.Engine;
using Pier.Model;

namespace Pier.Daemon;

/// <summary>Settings that have more than one value inside: NAME=VALUE from a flag, NAME={...} from daemon.json.</summary>
static class DefaultSettings
{
    /// <summary>"64m", "1.5GiB" or a number, in bytes (powers of 1024).</summary>
    public static long Size(string text)
    {
        var digits = text.AsSpan().IndexOfAnyExcept("0123456789.");
        var unit = digits < 0 ? "" : text[digits..].Trim().ToLowerInvariant().TrimEnd('b').TrimEnd('i');
        var power =
            unit.Length == 0 ? 0
            : unit.Length == 1 ? "kmgtp".IndexOf(unit[0]) + 1
            : 0;
        if (
            (unit.Length > 0 && power == 0)
            || !double.TryParse(
                digits < 0 ? text : text[..digits],
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var number
            )
        )
            throw new InvalidParameterException($"invalid size: '{text}'");
        return (long)(number * Math.Pow(1024, power));
    }

    /// <summary>
    /// Docker's exec-opts, of which there is native.cgroupdriver. Configurations of hosts with systemd name its driver; Pier makes the
    /// groups itself there as well (decision 0036), and answers with what it warns of.
    /// </summary>
    public static IReadOnlyList<string> ExecOptions(IReadOnlyList<string> values)
    {
        var warnings = new List<string>();
        foreach (var value in values)
        {
            var (name, driver) = Split(value, "--exec-opt");
            if (name != "native.cgroupdriver")
                throw new InvalidParameterException($"unknown exec-opt: {name}");
            if (driver == "systemd")
                warnings.Add(
                    "native.cgroupdriver=systemd: Pier makes control groups itself (cgroupfs) and does not ask systemd; --cgroup-parent takes names of slices"
                );
            else if (driver != "cgroupfs")
                throw new InvalidParameterException($"native.cgroupdriver option {driver} not supported");
        }
        return warnings;
    }

    public static IReadOnlyList<Ulimit> Ulimits(IReadOnlyList<string> values) => [.. values.Select(Ulimit)];

    public static IReadOnlyDictionary<string, RuntimeCommand> Runtimes(IReadOnlyList<string> values)
    {
        var runtimes = new Dictionary<string, RuntimeCommand>();
        foreach (var value in values)
        {
            var (name, text) = Split(value, "--add-runtime");
            if (name == ContainerDefaults.BuiltInRuntimeName)
                throw new InvalidParameterException($"runtime name '{name}' is reserved");
            if (!runtimes.TryAdd(name, Runtime(name, text)))
                throw new InvalidParameterException($"runtime '{name}' was already registered");
        }
        return runtimes;
    }

    public static void Check(DaemonOptions options)
    {
        var defaults = options.Defaults;
        if (defaults.IpcMode is not ("private" or "shareable"))
            throw new InvalidParameterException(
                $"IPC mode \"{defaults.IpcMode}\" is not supported as default value; use \"private\" or \"shareable\""
            );
        if (defaults.CgroupnsMode is not ("" or "host" or "private"))
            throw new InvalidParameterException(
                $"invalid default cgroup namespace (\"{defaults.CgroupnsMode}\"), use \"host\" or \"private\""
            );
        if (defaults.ShmSize <= 0)
            throw new InvalidParameterException("default shm size must be greater than 0");
        if (defaults.Runtime != ContainerDefaults.BuiltInRuntimeName && !options.Runtimes.ContainsKey(defaults.Runtime))
            throw new InvalidParameterException($"specified default runtime '{defaults.Runtime}' does not exist");
    }

    static RuntimeCommand Runtime(string name, string text)
    {
        if (!text.StartsWith('{'))
            return Command(name, text, []);
        using var document = JsonDocument.Parse(text);
        var root = document.RootElement;
        foreach (var property in root.EnumerateObject())
            if (property.Name is not ("path" or "runtimeArgs"))
                throw new InvalidParameterException($"runtime '{name}': {property.Name} is not supported: a path and runtimeArgs are");
        var path = root.TryGetProperty("path", out var found) ? found.GetString() ?? "" : "";
        return Command(
            name,
            path,
            root.TryGetProperty("runtimeArgs", out var arguments) ? [.. arguments.EnumerateArray().Select(a => a.ToString())] : []
        );
    }

    static RuntimeCommand Command(string name, string path, IReadOnlyList<string> arguments) =>
        path.Length > 0
            ? new RuntimeCommand(path, arguments)
            : throw new InvalidParameterException($"runtime '{name}' has neither a runtimeType nor a path");

    static Ulimit Ulimit(string value)
    {
        var (name, text) = Split(value, "--default-ulimit");
        if (text.StartsWith('{'))
        {
            using var document = JsonDocument.Parse(text);
            long Number(string key) =>
                document.RootElement.TryGetProperty(key, out var number) && number.TryGetInt64(out var limit) ? limit : throw Bad(value);
            return new Ulimit
            {
                Name = name,
                Soft = Number("Soft"),
                Hard = Number("Hard"),
            };
        }
        var limits = text.Split(':');
        if (
            limits.Length > 2
            || !long.TryParse(limits[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var soft)
            || !long.TryParse(limits[^1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var hard)
        )
            throw Bad(value);
        return hard != -1 && (soft > hard || soft == -1)
            ? throw new InvalidParameterException($"ulimit soft limit must be less than or equal to hard limit: {soft} > {hard}")
            : new Ulimit
            {
                Name = name,
                Soft = soft,
                Hard = hard,
            };
    }

    static InvalidParameterException Bad(string value) => new($"invalid ulimit argument: {value}");

    /// <summary>"NAME=VALUE" taken apart; the flag is what an error names.</summary>
    internal static (string Name, string Value) Split(string text, string flag)
    {
        var equals = text.IndexOf('=');
        return equals > 0 && equals < text.Length - 1
            ? (text[..equals], text[(equals + 1)..])
            : throw new InvalidParameterException($"invalid argument \"{text}\" for \"{flag}\" flag: it is not NAME=VALUE");
    }
}
