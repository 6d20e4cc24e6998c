using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Pier.CompatTests.Oracle;

/// <summary>Texts and values without what is different in every run: ids, times, roots, addresses.</summary>
static partial class Normal
{
    public static string Text(string text, IDaemon daemon)
    {
        text = text.Replace(daemon.Directory, "ROOT", StringComparison.Ordinal);
        text = Time().Replace(text, "TIME");
        text = LongId().Replace(text, "ID");
        return ShortId().Replace(text, "SHORT");
    }

    /// <summary>
    /// The shape of a value: every field's path with its kind; of a list's items, all together; nulls and empties are the same.
    /// </summary>
    public static SortedSet<string> Shape(JsonNode? value)
    {
        var shape = new SortedSet<string>(StringComparer.Ordinal);
        Add(value, "", shape);
        return shape;
    }

    static void Add(JsonNode? value, string place, SortedSet<string> shape)
    {
        switch (value)
        {
            case JsonObject fields:
                foreach (var (name, field) in fields)
                    Add(field, $"{place}/{(IsKey(name) ? "*" : name)}", shape);
                if (fields.Count == 0)
                    shape.Add(place + " nothing");
                break;
            case JsonArray items:
                foreach (var item in items)
                    Add(item, place + "[]", shape);
                if (items.Count == 0)
                    shape.Add(place + " nothing");
                break;
            case null:
                shape.Add(place + " nothing");
                break;
            default:
                shape.Add(
                    $"{place} {(value.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? "Boolean" : value.GetValueKind())}"
                );
                break;
        }
    }

    // Names that are data: ids, ports, paths, devices.
    static bool IsKey(string name) => name.AsSpan().ContainsAny('/', '.', ':') || name.Length == 64 || name is "eth0";

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")]
    private static partial Regex Time();

    [GeneratedRegex(@"\b[0-9a-f]{64}\b")]
    private static partial Regex LongId();

    [GeneratedRegex(@"\b(?=[0-9a-f]*\d)[0-9a-f]{12}\b")]
    private static partial Regex ShortId();
}
