using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pier.CompatTests.Schema;

/// <summary>
/// The part of JSON schema that the Engine API's file uses: type, required, properties, items, allOf, enum, x-nullable, format, limits.
/// </summary>
public sealed class SchemaValidator(ApiSchema schema)
{
    /// <summary>What is wrong with a value, a line each: "Containers/HostConfig/Memory: is string, wants integer".</summary>
    public IReadOnlyList<string> Validate(JsonNode? value, JsonObject wanted, string place)
    {
        var problems = new List<string>();
        Check(value, wanted, place, problems);
        return problems;
    }

    void Check(JsonNode? value, JsonObject wanted, string place, List<string> problems)
    {
        var nullable = IsNullable(wanted);
        wanted = schema.Resolve(wanted);
        if (value is null)
        {
            // Go's nil slice and nil map: the file says "array" and "object" where dockerd itself answers null for an empty one.
            if (TypeOf(wanted) is "array" or "object")
                return;
            if (!nullable && !IsNullable(wanted))
                problems.Add($"{place}: is null");
            return;
        }
        var type = TypeOf(wanted);
        if (type is not null && !Is(value, type))
        {
            problems.Add($"{place}: is {value.GetValueKind()}, wants {type}");
            return;
        }
        if (wanted["enum"] is JsonArray choices && !choices.Any(c => JsonNode.DeepEquals(c, value)))
            problems.Add($"{place}: {value.ToJsonString()} is none of {choices.ToJsonString()}");
        switch (value)
        {
            case JsonObject fields:
                Object(fields, wanted, place, problems);
                break;
            case JsonArray items:
                Items(items, wanted, place, problems);
                break;
            default:
                Format(value, wanted, place, problems);
                break;
        }
    }

    string? TypeOf(JsonObject wanted)
    {
        wanted = schema.Resolve(wanted);
        if (wanted["type"]?.GetValue<string>() is { } own)
            return own;
        if (wanted["allOf"] is JsonArray parts)
            return parts.OfType<JsonObject>().Select(TypeOf).FirstOrDefault(t => t is not null);
        return wanted["properties"] is null ? null : "object";
    }

    void Object(JsonObject value, JsonObject wanted, string place, List<string> problems)
    {
        var known = schema.Fields(wanted);
        foreach (var name in Required(wanted))
            if (!value.ContainsKey(name))
                problems.Add($"{place}/{name}: is missing");
        var more = wanted["additionalProperties"];
        foreach (var (name, field) in value)
        {
            if (known.TryGetValue(name, out var own))
                Check(field, own, $"{place}/{name}", problems);
            else if (more is JsonObject each)
                Check(field, each, $"{place}/*", problems);
            else if (known.Count > 0)
                problems.Add($"{place}/{name}: is unknown");
        }
    }

    IEnumerable<string> Required(JsonObject wanted)
    {
        wanted = schema.Resolve(wanted);
        var own = (wanted["required"] as JsonArray ?? []).Select(r => r!.GetValue<string>());
        return (wanted["allOf"] as JsonArray ?? []).OfType<JsonObject>().SelectMany(Required).Concat(own);
    }

    void Items(JsonArray value, JsonObject wanted, string place, List<string> problems)
    {
        if (wanted["items"] is not JsonObject each)
            return;
        foreach (var item in value)
            Check(item, each, place + "/[]", problems);
    }

    static void Format(JsonNode value, JsonObject wanted, string place, List<string> problems)
    {
        var format = wanted["format"]?.GetValue<string>();
        if (value.GetValueKind() == JsonValueKind.String)
        {
            var text = value.GetValue<string>();
            // RFC 3339 with up to nine decimals.
            if (
                format is "date-time" or "dateTime"
                && text.Length > 0
                && !(text.Contains('T') && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _))
            )
                problems.Add($"{place}: \"{text}\" is no {format}");
            return;
        }
        if (value.GetValueKind() != JsonValueKind.Number)
            return;
        var number = value.GetValue<JsonElement>();
        if (wanted["minimum"] is { } least && number.GetDecimal() < least.GetValue<long>())
            problems.Add($"{place}: {number} is below {least}");
        if (wanted["maximum"] is { } most && number.GetDecimal() > most.GetValue<long>())
            problems.Add($"{place}: {number} is above {most}");
        var fits = format switch
        {
            "int64" => number.TryGetInt64(out _),
            "uint64" => number.TryGetUInt64(out _),
            "uint16" => number.TryGetUInt16(out _),
            _ => true,
        };
        if (!fits)
            problems.Add($"{place}: {number} is no {format}");
    }

    static bool IsNullable(JsonObject wanted) => wanted["x-nullable"]?.GetValue<bool>() == true;

    static bool Is(JsonNode value, string type) =>
        (type, value.GetValueKind()) switch
        {
            ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) => true,
            ("boolean", JsonValueKind.True or JsonValueKind.False) or ("number", JsonValueKind.Number) => true,
            ("integer", JsonValueKind.Number) => value.GetValue<JsonElement>().GetRawText().AsSpan().IndexOfAny('.', 'e', 'E') < 0,
            _ => false,
        };
}
