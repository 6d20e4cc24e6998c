using System.Text;

namespace Pier.Build.Dockerfiles.Instructions;

/// <summary>RUN --mount: keys and values, checked for their names, values not expanded yet.</summary>
public sealed record MountOptions(string Type, IReadOnlyList<Pair> Values)
{
    static readonly string[] Types = ["bind", "cache", "tmpfs", "secret", "ssh"];
    static readonly string[] Keys =
    [
        "type",
        "from",
        "source",
        "target",
        "readonly",
        "readwrite",
        "id",
        "sharing",
        "required",
        "size",
        "mode",
        "uid",
        "gid",
        "env",
    ];
    static readonly Dictionary<string, string> ShortNames = new()
    {
        ["src"] = "source",
        ["dst"] = "target",
        ["destination"] = "target",
        ["ro"] = "readonly",
        ["rw"] = "readwrite",
    };

    /// <summary>The last value of a key, "true" for a bare one; null where it is not given.</summary>
    public string? this[string key] => Values.LastOrDefault(v => v.Name == key)?.Value;

    /// <summary>Parses "type=cache,target=/x,..."; throws <see cref="InstructionException"/>.</summary>
    public static MountOptions Parse(string text)
    {
        var values = Fields(text).Select(f => Field(f, text)).ToArray();
        var type = values.LastOrDefault(v => v.Name == "type")?.Value.ToLowerInvariant() ?? "bind";
        if (!Types.Contains(type))
            throw new InstructionException($"unsupported mount type \"{type}\"{Suggestions.For(type, Types)}", type);
        return new MountOptions(type, values);
    }

    static Pair Field(string field, string text)
    {
        var at = field.IndexOf('=');
        var name = (at < 0 ? field : field[..at]).ToLowerInvariant();
        if (ShortNames.TryGetValue(name, out var full))
            name = full;
        if (!Keys.Contains(name))
            throw new InstructionException(
                $"unexpected key '{name}' in '{field}'{Suggestions.For(name, [.. Keys, .. ShortNames.Keys])}",
                field
            );
        if (at >= 0)
            return new Pair(name, field[(at + 1)..]);
        return name is "readonly" or "readwrite" or "required"
            ? new Pair(name, "true")
            : throw new InstructionException($"invalid field '{field}' must be a key=value pair", field);
    }

    // Comma-separated, with double quotes where a value has a comma.
    static List<string> Fields(string text)
    {
        var (fields, field, quoted) = (new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '"' && quoted && i + 1 < text.Length && text[i + 1] == '"')
                field.Append(text[++i]);
            else if (c == '"')
                quoted = !quoted;
            else if (c != ',' || quoted)
                field.Append(c);
            else
            {
                fields.Add(field.ToString());
                field.Clear();
            }
        }
        fields.Add(field.ToString());
        return quoted ? throw new InstructionException("failed to parse csv mounts: a quote is not closed", text) : fields;
    }
}
