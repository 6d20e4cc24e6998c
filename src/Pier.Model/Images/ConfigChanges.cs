using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Pier.Model;

/// <summary>Dockerfile instructions that change a configuration alone: what `import --change` and `commit --change` take.</summary>
public static partial class ConfigChanges
{
    /// <summary>Applies instructions in turn; throws <see cref="InvalidParameterException"/> with Docker's texts.</summary>
    public static ContainerConfig Apply(ContainerConfig config, IEnumerable<string> instructions) =>
        instructions.SelectMany(i => i.Split('\n')).Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#').Aggregate(config, ApplyOne);

    static ContainerConfig ApplyOne(ContainerConfig config, string line)
    {
        var space = line.IndexOfAny([' ', '\t']);
        var (word, rest) = space < 0 ? (line, "") : (line[..space], line[space..].Trim());
        var name = word.ToUpperInvariant();
        if (!Known.Contains(name)) throw new InvalidParameterException($"{word.ToLowerInvariant()} is not a valid change command");
        if (rest.Length == 0 && name is not ("CMD" or "ENTRYPOINT")) throw new InvalidParameterException($"{name} requires at least one argument");
        return name switch
        {
            "CMD" => config with { Cmd = Command(rest) },
            "ENTRYPOINT" => config with { Entrypoint = Command(rest) is { Length: > 0 } words ? words : null },
            "ENV" => config with { Env = Environment(config.Env, Pairs(name, rest)) },
            "EXPOSE" => config with { ExposedPorts = With(config.ExposedPorts, Words(rest).SelectMany(Ports)) },
            "LABEL" => config with { Labels = Labelled(config.Labels, Pairs(name, rest)) },
            "ONBUILD" => config with { OnBuild = [.. config.OnBuild ?? [], rest] },
            "STOPSIGNAL" => config with { StopSignal = rest },
            "USER" => config with { User = rest },
            "VOLUME" => config with { Volumes = With(config.Volumes, Array(rest) ?? Words(rest)) },
            "WORKDIR" => config with { WorkingDir = rest.StartsWith('/') ? rest : $"{config.WorkingDir.TrimEnd('/')}/{rest}" },
            _ => config with { Healthcheck = Health(rest) },
        };
    }

    static readonly HashSet<string> Known =
        ["CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "ONBUILD", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"];

    // The JSON form is a command as it is; anything else is a line for the shell.
    static string[] Command(string text) => Array(text) ?? (text.Length == 0 ? [] : ["/bin/sh", "-c", text]);

    static string[]? Array(string text)
    {
        if (!text.StartsWith('[')) return null;
        try
        {
            using var json = JsonDocument.Parse(text);
            return [.. json.RootElement.EnumerateArray().Select(e => e.GetString()!)];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    static List<KeyValuePair<string, string>> Pairs(string instruction, string text)
    {
        var words = Words(text);
        // The old form: one name, and the rest of the line is the value.
        if (!words[0].Contains('='))
        {
            var space = text.IndexOfAny([' ', '\t']);
            return space > 0
                ? [new(text[..space], text[space..].Trim())]
                : throw new InvalidParameterException($"{instruction} must have two arguments");
        }
        return [.. words.Select(w => w.IndexOf('=') is var at and > 0
            ? new KeyValuePair<string, string>(w[..at], w[(at + 1)..])
            : throw new InvalidParameterException($"Syntax error - can't find = in \"{w}\". Must be of the form: name=value"))];
    }

    static string[] Environment(string[]? current, List<KeyValuePair<string, string>> pairs)
    {
        var result = (current ?? []).ToList();
        foreach (var (name, value) in pairs)
        {
            var at = result.FindIndex(e => e.StartsWith(name + "=", StringComparison.Ordinal));
            if (at >= 0) result[at] = $"{name}={value}";
            else result.Add($"{name}={value}");
        }
        return [.. result];
    }

    static Dictionary<string, string> Labelled(Dictionary<string, string>? current, List<KeyValuePair<string, string>> pairs)
    {
        var result = new Dictionary<string, string>(current ?? []);
        foreach (var (name, value) in pairs) result[name] = value;
        return result;
    }

    static Dictionary<string, EmptyObject> With(Dictionary<string, EmptyObject>? current, IEnumerable<string> names)
    {
        var result = new Dictionary<string, EmptyObject>(current ?? []);
        foreach (var name in names) result[name] = EmptyObject.Instance;
        return result;
    }

    // "80", "80/udp", "8000-8010/tcp".
    static IEnumerable<string> Ports(string text)
    {
        var match = Port().Match(text);
        var first = match.Success ? Number(match.Groups[1]) : 0;
        var last = match.Groups[2].Success ? Number(match.Groups[2]) : first;
        if (first == 0 || last < first) throw new InvalidParameterException($"Invalid containerPort: {text}");
        var protocol = match.Groups[3].Success ? match.Groups[3].Value.ToLowerInvariant() : "tcp";
        return Enumerable.Range(first, last - first + 1).Select(p => $"{p}/{protocol}");
    }

    // 0 for what is no port.
    static int Number(Group digits) =>
        ushort.TryParse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    static HealthConfig Health(string text)
    {
        var (health, rest) = (new HealthConfig(), text);
        for (var match = HealthFlag().Match(rest); match.Success; match = HealthFlag().Match(rest))
        {
            var value = match.Groups[2].Value;
            health = match.Groups[1].Value switch
            {
                "interval" => health with { Interval = Nanoseconds(value) },
                "timeout" => health with { Timeout = Nanoseconds(value) },
                "start-period" => health with { StartPeriod = Nanoseconds(value) },
                "start-interval" => health with { StartInterval = Nanoseconds(value) },
                "retries" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var retries) =>
                    health with { Retries = retries },
                var flag => throw new InvalidParameterException($"unknown flag: --{flag}"),
            };
            rest = rest[match.Length..];
        }
        if (rest.Equals("NONE", StringComparison.OrdinalIgnoreCase)) return health with { Test = ["NONE"] };
        if (!rest.StartsWith("CMD", StringComparison.OrdinalIgnoreCase) || rest.Length < 5)
            throw new InvalidParameterException($"Unknown type \"{rest.Split(' ')[0]}\" in HEALTHCHECK (try CMD)");
        var command = rest[3..].Trim();
        return health with { Test = Array(command) is { } words ? ["CMD", .. words] : ["CMD-SHELL", command] };
    }

    // Go's durations: 1h30m, 500ms, 1.5s.
    static long Nanoseconds(string text)
    {
        if (!Duration().IsMatch(text)) throw new InvalidParameterException($"time: invalid duration \"{text}\"");
        double total = 0;
        foreach (Match part in DurationPart().Matches(text))
        {
            var unit = part.Groups[2].Value switch { "h" => 3600e9, "m" => 60e9, "s" => 1e9, "ms" => 1e6, "ns" => 1, _ => 1e3 };
            total += double.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * unit;
        }
        return (long)total;
    }

    // Words as a Dockerfile has them: blanks part them, quotes and backslashes keep blanks.
    static string[] Words(string text)
    {
        var (words, word, quote) = (new List<string>(), new System.Text.StringBuilder(), '\0');
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\\' && quote != '\'' && i + 1 < text.Length) word.Append(text[++i]);
            else if (quote != '\0' && c == quote) quote = '\0';
            else if (quote == '\0' && c is '"' or '\'') quote = c;
            else if (quote != '\0' || !char.IsWhiteSpace(c)) word.Append(c);
            else if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }
        if (word.Length > 0 || words.Count == 0) words.Add(word.ToString());
        return [.. words];
    }

    [GeneratedRegex(@"\A(\d+)(?:-(\d+))?(?:/([A-Za-z]+))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Port();

    [GeneratedRegex(@"\A--([a-z-]+)=(\S+)\s+", RegexOptions.CultureInvariant)]
    private static partial Regex HealthFlag();

    [GeneratedRegex(@"\A(?:\d+(?:\.\d+)?(?:h|ms|m|s|us|µs|ns))+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Duration();

    [GeneratedRegex(@"(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)", RegexOptions.CultureInvariant)]
    private static partial Regex DurationPart();
}
