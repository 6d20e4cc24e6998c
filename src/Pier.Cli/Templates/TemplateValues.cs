using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Pier.Cli.Templates;

/// <summary>
/// Values of templates: null, bool, long, double, string, JsonElement (objects and arrays), lists of values, and rows. Everything
/// here follows Go: what is true, what prints how, what compares equal.
/// </summary>
static class TemplateValues
{
    static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Scalars of JSON become plain values.</summary>
    public static object? Normalize(object? value) =>
        value switch
        {
            JsonElement { ValueKind: JsonValueKind.String } e => e.GetString(),
            JsonElement { ValueKind: JsonValueKind.True } => true,
            JsonElement { ValueKind: JsonValueKind.False } => false,
            JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => null,
            JsonElement { ValueKind: JsonValueKind.Number } e => e.TryGetInt64(out var whole) ? whole : e.GetDouble(),
            int number => (long)number,
            _ => value,
        };

    /// <summary>Go's truth: not the zero value, not empty.</summary>
    public static bool IsTrue(object? value) =>
        Normalize(value) switch
        {
            null => false,
            bool b => b,
            long n => n != 0,
            double d => d != 0,
            string s => s.Length > 0,
            JsonElement { ValueKind: JsonValueKind.Array } e => e.GetArrayLength() > 0,
            JsonElement e => e.EnumerateObject().Any(),
            IReadOnlyList<object?> list => list.Count > 0,
            _ => true,
        };

    /// <summary>The elements with their keys: indexes of a list, keys of an object in order. Null for what cannot be ranged over.</summary>
    public static IEnumerable<(object Key, object? Value)>? Elements(object? value) =>
        Normalize(value) switch
        {
            null => [],
            JsonElement { ValueKind: JsonValueKind.Array } e => e.EnumerateArray().Select((v, i) => ((object)(long)i, Normalize(v))),
            JsonElement e => e.EnumerateObject()
                .OrderBy(p => p.Name, StringComparer.Ordinal)
                .Select(p => ((object)p.Name, Normalize(p.Value))),
            IReadOnlyList<object?> list => list.Select((v, i) => ((object)(long)i, Normalize(v))),
            long n => Enumerable.Range(0, (int)n).Select(i => ((object)(long)i, (object?)(long)i)),
            _ => null,
        };

    /// <summary>As Go's %v prints it.</summary>
    public static string Print(object? value)
    {
        switch (Normalize(value))
        {
            case null:
                return "<nil>";
            case string s:
                return s;
            case bool b:
                return b ? "true" : "false";
            case long n:
                return n.ToString(CultureInfo.InvariantCulture);
            case double d:
                return d.ToString("R", CultureInfo.InvariantCulture);
            case JsonElement { ValueKind: JsonValueKind.Object } e:
                return "map[" + string.Join(' ', Elements(e)!.Select(p => $"{p.Key}:{Print(p.Value)}")) + "]";
            case ITemplateFields row:
                return "{" + string.Join(' ', row.Names.Select(n => row.TryGet(n, out var v) ? Print(v) : "")) + "}";
            case var list:
                return "[" + string.Join(' ', Elements(list)!.Select(p => Print(p.Value))) + "]";
        }
    }

    /// <summary>As Go's encoding/json writes it, with its escapes of &lt;, &gt; and &amp;.</summary>
    public static string ToJson(object? value)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
            Write(writer, value);
        return Encoding
            .UTF8.GetString(buffer.ToArray())
            .Replace("<", "\\u003c", StringComparison.Ordinal)
            .Replace(">", "\\u003e", StringComparison.Ordinal)
            .Replace("&", "\\u0026", StringComparison.Ordinal);
    }

    static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case JsonElement e:
                e.WriteTo(writer);
                break;
            case string s:
                writer.WriteStringValue(s);
                break;
            case bool b:
                writer.WriteBooleanValue(b);
                break;
            case long n:
                writer.WriteNumberValue(n);
                break;
            case double d:
                writer.WriteNumberValue(d);
                break;
            case ITemplateFields row:
                writer.WriteStartObject();
                foreach (var name in row.Names)
                {
                    writer.WritePropertyName(name);
                    row.TryGet(name, out var field);
                    Write(writer, Normalize(field));
                }
                writer.WriteEndObject();
                break;
            case IReadOnlyList<object?> list:
                writer.WriteStartArray();
                foreach (var item in list)
                    Write(writer, Normalize(item));
                writer.WriteEndArray();
                break;
            default:
                writer.WriteStringValue(Print(value));
                break;
        }
    }
}
