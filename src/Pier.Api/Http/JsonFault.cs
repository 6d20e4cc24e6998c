using System.Text;
using System.Text.Json;

namespace Pier.Api.Http;

/// <summary>
/// What is wrong with a client's JSON, in Go's words where they are the same for every value, and without this program's types.
/// </summary>
static class JsonFault
{
    public static string Of(JsonException error, ReadOnlySpan<byte> json)
    {
        var text = json.Trim(" \t\r\n"u8);
        if (IsCutOff(text))
            return "unexpected EOF";
        if (text[0] >= 0x80 || !"{[\"-tfn0123456789"u8.Contains(text[0]))
            return $"invalid character '{Encoding.UTF8.GetString(text)[0]}' looking for beginning of value";
        return error.Message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal)
            ? $"the value at {error.Path} has the wrong type"
            : error.Message;
    }

    /// <summary>Whether it ends in the middle of what could be a value.</summary>
    static bool IsCutOff(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, isFinalBlock: false, state: default);
        try
        {
            while (reader.Read()) { }
            return reader.CurrentDepth > 0
                || reader.BytesConsumed < text.Length
                || reader.TokenType is JsonTokenType.None or JsonTokenType.StartObject;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
