using System.Text.Json;

namespace Pier.Engine.Logs;

/// <summary>
/// Labels and variables of a log line as `logs --details` prints them: key=value, URL-encoded as queries are, in the order of the keys.
/// </summary>
public static class LogDetails
{
    /// <summary>From the JSON object of a line; empty for none.</summary>
    public static string Describe(ReadOnlySpan<byte> attributes)
    {
        if (attributes.IsEmpty)
            return "";
        var pairs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(attributes);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
                continue;
            var key = reader.GetString()!;
            reader.Read();
            pairs[key] = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        }
        return string.Join(',', pairs.Select(p => $"{Encode(p.Key)}={Encode(p.Value)}"));
    }

    // Go's url.QueryEscape: a space is a plus.
    static string Encode(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
}
