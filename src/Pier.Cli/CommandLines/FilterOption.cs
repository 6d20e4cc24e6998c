using System.Text;
using System.Text.Json;

namespace Pier.Cli.CommandLines;

/// <summary>-f name=value, repeated, as the filters parameter: {"name":{"value":true}}.</summary>
static class FilterOption
{
    /// <summary>The JSON, or null when there are none.</summary>
    public static string? ToJson(IReadOnlyList<string> filters)
    {
        if (filters.Count == 0)
            return null;
        var groups = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var filter in filters)
        {
            // An empty one is none.
            var equals = filter.IndexOf('=');
            if (equals < 0)
                continue;
            var name = filter[..equals].Trim().ToLowerInvariant();
            if (!groups.TryGetValue(name, out var values))
                groups[name] = values = new SortedSet<string>(StringComparer.Ordinal);
            values.Add(filter[(equals + 1)..].Trim());
        }
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, values) in groups)
            {
                writer.WriteStartObject(name);
                foreach (var value in values)
                    writer.WriteBoolean(value, true);
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
