using Pier.Model;

namespace Pier.Engine;

/// <summary>The values of `--filter` that mean the same for every kind of thing (Engine API, "filters").</summary>
static class FilterValue
{
    /// <summary>"KEY" asks for a label, "KEY=VALUE" for what it says.</summary>
    public static bool HasLabel(IReadOnlyDictionary<string, string> labels, string value)
    {
        var equals = value.IndexOf('=');
        return equals < 0
            ? labels.ContainsKey(value)
            : labels.TryGetValue(value[..equals], out var label) && label == value[(equals + 1)..];
    }

    /// <summary>Docker knows four words here, less than Go's ParseBool. Null for any other.</summary>
    public static bool? Boolean(string value) =>
        value switch
        {
            "1" or "true" => true,
            "0" or "false" => false,
            _ => null,
        };

    /// <summary>The same; throws <see cref="InvalidParameterException"/> for any other.</summary>
    public static bool Boolean(string key, string value) =>
        Boolean(value) ?? throw new InvalidParameterException($"invalid filter '{key}=[{value}]'");
}
