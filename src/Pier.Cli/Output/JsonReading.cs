using System.Text.Json;

namespace Pier.Cli;

/// <summary>Reads answers without minding what an older or newer daemon leaves out.</summary>
static class JsonReading
{
    public static JsonElement? At(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    public static JsonElement? At(this JsonElement? element, string name) => element?.At(name);

    public static string Text(this JsonElement element, string name) =>
        element.At(name) is { } value
            ? value.ValueKind == JsonValueKind.String
                ? value.GetString()!
                : value.GetRawText()
            : "";

    public static string Text(this JsonElement? element, string name) => element?.Text(name) ?? "";

    public static long Number(this JsonElement? element, string name) => element is { } there ? there.Number(name) : 0;

    public static long Number(this JsonElement element, string name) =>
        element.At(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : 0;

    public static bool Flag(this JsonElement element, string name) => element.At(name) is { ValueKind: JsonValueKind.True };

    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        element.At(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : [];

    public static IEnumerable<JsonProperty> Entries(this JsonElement element, string name) =>
        element.At(name) is { ValueKind: JsonValueKind.Object } value ? value.EnumerateObject() : [];

    public static IEnumerable<string> Texts(this JsonElement element, string name) =>
        element.Items(name).Where(i => i.ValueKind == JsonValueKind.String).Select(i => i.GetString()!);
}
