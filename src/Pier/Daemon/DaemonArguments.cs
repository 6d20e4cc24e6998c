using System.Text;
using System.Text.Json;
using Pier.Model;

namespace Pier.Daemon;

/// <summary>
/// Reads the daemon's settings from the command line and from daemon.json; one setting in both is an error, as in dockerd.
/// </summary>
static class DaemonArguments
{
    const string DefaultConfigFile = "/etc/pier/daemon.json";

    /// <summary>
    /// Throws <see cref="InvalidParameterException"/> with dockerd's text. <paramref name="readFile"/> gives a file's text or null.
    /// </summary>
    public static DaemonOptions Parse(IReadOnlyList<string> arguments, Func<string, string?> readFile)
    {
        var given = Flags(arguments);
        var options = new DaemonOptions();
        var file = given.TryGetValue("config-file", out var path) ? path[^1] : DefaultConfigFile;
        var text = readFile(file);
        if (text is null && path is not null)
            throw new InvalidParameterException(
                $"unable to configure the Pier daemon with file {file}: open {file}: no such file or directory"
            );
        if (text is not null)
        {
            var keys = Keys(file, text);
            var both = DaemonSettings
                .All.Where(s => s.Key is not null && keys.ContainsKey(s.Key) && given.ContainsKey(s.Flag))
                .Select(s => s.Key!)
                .ToArray();
            if (both.Length > 0)
                throw new InvalidParameterException(
                    $"unable to configure the Pier daemon with file {file}: the following directives are specified both as a flag and in the configuration file: {string.Join(", ", both)}"
                );
            foreach (var setting in DaemonSettings.All)
            {
                if (setting.Key is not null && keys.TryGetValue(setting.Key, out var values) && values.Count > 0)
                    options = setting.Apply(options, values);
            }
        }
        foreach (var setting in DaemonSettings.All)
        {
            if (given.TryGetValue(setting.Flag, out var values))
                options = setting.Apply(options, values);
        }
        return options.Checked();
    }

    public static string Help()
    {
        var help = new StringBuilder("\nUsage:  pier daemon [OPTIONS]\n\nA self-sufficient runtime for containers.\n\nOptions:\n");
        foreach (var setting in DaemonSettings.All)
        {
            var name =
                (setting.Short is { } letter ? $"-{letter}, " : "    ")
                + "--"
                + setting.Flag
                + setting.Kind switch
                {
                    DaemonSettings.Kind.Text => " string",
                    DaemonSettings.Kind.List => " list",
                    DaemonSettings.Kind.Map => " map",
                    _ => "",
                };
            help.Append("  ").Append(name.PadRight(30)).Append(' ').Append(setting.Help).Append('\n');
        }
        return help.ToString();
    }

    static Dictionary<string, List<string>> Flags(IReadOnlyList<string> arguments)
    {
        var given = new Dictionary<string, List<string>>();
        for (var i = 0; i < arguments.Count; i++)
        {
            var word = arguments[i];
            var equals = word.IndexOf('=');
            var name = equals < 0 ? word : word[..equals];
            var setting = DaemonSettings.All.FirstOrDefault(s => name == "--" + s.Flag || (s.Short is { } letter && name == "-" + letter));
            if (setting is null)
            {
                throw new InvalidParameterException(
                    word.StartsWith("--", StringComparison.Ordinal) ? $"unknown flag: {name}"
                    : word.StartsWith('-') ? $"unknown shorthand flag: '{(word.Length > 1 ? word[1] : '-')}' in {word}"
                    : $"\"pier daemon\" accepts no arguments: {word}"
                );
            }
            string value;
            if (equals >= 0)
                value = word[(equals + 1)..];
            else if (setting.Kind == DaemonSettings.Kind.Switch)
                value = "true";
            else
                value = ++i < arguments.Count ? arguments[i] : throw new InvalidParameterException($"flag needs an argument: {name}");
            if (!given.TryGetValue(setting.Flag, out var values))
                given[setting.Flag] = values = [];
            values.Add(value);
        }
        return given;
    }

    static Dictionary<string, IReadOnlyList<string>> Keys(string file, string text)
    {
        InvalidParameterException Bad(string why) => new($"unable to configure the Pier daemon with file {file}: {why}");
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(text, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Disallow });
        }
        catch (JsonException e)
        {
            throw Bad(e.Message);
        }
        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw Bad("it is no JSON object");
            var result = new Dictionary<string, IReadOnlyList<string>>();
            foreach (var property in document.RootElement.EnumerateObject())
            {
                var setting =
                    DaemonSettings.All.FirstOrDefault(s => s.Key == property.Name)
                    ?? throw Bad($"the following directives don't match any configuration option: {property.Name}");
                result[property.Name] = property.Value.ValueKind switch
                {
                    JsonValueKind.Array when setting.Kind == DaemonSettings.Kind.List =>
                    [
                        .. property.Value.EnumerateArray().Select(v => v.ToString()),
                    ],
                    JsonValueKind.Object when setting.Kind == DaemonSettings.Kind.Map =>
                    [
                        .. property.Value.EnumerateObject().Select(p => $"{p.Name}={p.Value}"),
                    ],
                    JsonValueKind.True => ["true"],
                    JsonValueKind.False => ["false"],
                    JsonValueKind.String when setting.Kind is DaemonSettings.Kind.Text => [property.Value.GetString()!],
                    _ => throw Bad($"the value of {property.Name} has the wrong type"),
                };
            }
            return result;
        }
    }
}
