using System.Text.Json;
using Pier.Model;

namespace Pier.Api.Http;

/// <summary>
/// Docker's filters: a JSON object from filter name to values, the values as an object of booleans (now) or as a list (clients before API
/// 1.22, and many since).
/// </summary>
sealed class Filters
{
    static readonly Dictionary<string, IReadOnlyList<string>> None = [];

    Filters(Dictionary<string, IReadOnlyList<string>> values) => Values = values;

    public IReadOnlyDictionary<string, IReadOnlyList<string>> Values { get; }

    public static Filters Parse(string? json)
    {
        if (json is null)
            return new Filters(None);
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind == JsonValueKind.Null)
                return new Filters(None);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new InvalidParameterException("invalid filter");
            var values = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
            foreach (var filter in document.RootElement.EnumerateObject())
                values[filter.Name] = ReadValues(filter.Value);
            return new Filters(values);
        }
        catch (JsonException e)
        {
            throw new InvalidParameterException("invalid filter", e);
        }
    }

    /// <summary>Throws Docker's error for the first filter that is not among the accepted.</summary>
    public Filters Accepting(params ReadOnlySpan<string> accepted)
    {
        foreach (var name in Values.Keys)
            if (accepted.IndexOf(name) < 0)
                throw new InvalidParameterException($"invalid filter '{name}'");
        return this;
    }

    /// <summary>Throws Docker's error for the first value of a filter that is not among the accepted.</summary>
    public Filters WithValues(string filter, string word, params ReadOnlySpan<string> accepted)
    {
        if (!Values.TryGetValue(filter, out var values))
            return this;
        foreach (var value in values)
            if (accepted.IndexOf(value) < 0)
                throw new InvalidParameterException(
                    $"invalid filter '{filter}={value}': invalid value for {word} ({value}): must be one of {string.Join(", ", accepted!)}"
                );
        return this;
    }

    static List<string> ReadValues(JsonElement element)
    {
        var values = new List<string>();
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var value in element.EnumerateObject())
                {
                    // A value that is there with false counts too: Docker keeps the keys.
                    if (value.Value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
                        throw new InvalidParameterException("invalid filter");
                    values.Add(value.Name);
                }
                break;
            case JsonValueKind.Array:
                foreach (var value in element.EnumerateArray())
                    values.Add(
                        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new InvalidParameterException("invalid filter")
                    );
                break;
            default:
                throw new InvalidParameterException("invalid filter");
        }
        return values;
    }
}
