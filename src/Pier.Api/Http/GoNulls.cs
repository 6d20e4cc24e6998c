using System.Buffers;
using System.Text.Json;
using Pier.Model;

namespace Pier.Api.Http;

/// <summary>
/// In Go's JSON a null leaves a field as it was, whatever its type; docker-py and others send nulls for all they do not set. So null
/// fields are dropped before reading, except in maps, where a null is a key with nothing behind it.
/// </summary>
static class GoNulls
{
    static readonly string[] Maps = ["PortBindings", "EndpointsConfig"];

    public static ReadOnlyMemory<byte> Strip(ReadOnlyMemory<byte> json)
    {
        if (json.Span.IndexOf("null"u8) < 0)
            return json;
        try
        {
            var result = new ArrayBufferWriter<byte>(json.Length);
            var reader = new Utf8JsonReader(json.Span);
            using (var writer = new Utf8JsonWriter(result, new JsonWriterOptions { SkipValidation = true }))
            {
                reader.Read();
                CopyValue(ref reader, writer, keepNulls: false);
            }
            if (reader.Read())
                throw new InvalidParameterException("unexpected content after JSON");
            return result.WrittenMemory;
        }
        catch (JsonException e)
        {
            throw new InvalidParameterException("invalid JSON: " + JsonFault.Of(e, json.Span), e);
        }
    }

    static void CopyValue(ref Utf8JsonReader reader, Utf8JsonWriter writer, bool keepNulls)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                CopyObject(ref reader, writer, keepNulls);
                break;
            case JsonTokenType.StartArray:
                writer.WriteStartArray();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    if (reader.TokenType == JsonTokenType.Null)
                        throw new InvalidParameterException("invalid JSON: null in a list");
                    CopyValue(ref reader, writer, keepNulls: false);
                }
                writer.WriteEndArray();
                break;
            case JsonTokenType.Null:
                writer.WriteNullValue();
                break;
            case JsonTokenType.String:
                writer.WriteStringValue(reader.GetString());
                break;
            default:
                writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
                break;
        }
    }

    static void CopyObject(ref Utf8JsonReader reader, Utf8JsonWriter writer, bool keepNulls)
    {
        writer.WriteStartObject();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null && !keepNulls)
                continue;
            writer.WritePropertyName(name);
            CopyValue(ref reader, writer, IsMap(name));
        }
        writer.WriteEndObject();
    }

    static bool IsMap(string name)
    {
        foreach (var map in Maps)
            if (string.Equals(map, name, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }
}
