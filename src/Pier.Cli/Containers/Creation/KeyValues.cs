namespace Pier.Cli.Containers.Creation;

/// <summary>"key=value" options.</summary>
static class KeyValues
{
    /// <summary>The value is empty where there is no equals sign.</summary>
    public static (string Key, string Value) Split(string text)
    {
        var equals = text.IndexOf('=');
        return equals < 0 ? (text, "") : (text[..equals], text[(equals + 1)..]);
    }

    /// <summary>A map, or null when there is none.</summary>
    public static Dictionary<string, string>? Map(IReadOnlyList<string> texts)
    {
        if (texts.Count == 0)
            return null;
        var map = new Dictionary<string, string>();
        foreach (var text in texts)
        {
            var (key, value) = Split(text);
            map[key] = value;
        }
        return map;
    }
}
