using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Pier.Cli.Templates;

/// <summary>Functions of templates: Go's own that people use, and docker's (json, join, split, table is not one, ...).</summary>
static class TemplateFunctions
{
    public static bool Exists(string name) =>
        name
            is "json"
                or "jsonpretty"
                or "join"
                or "split"
                or "title"
                or "upper"
                or "lower"
                or "pad"
                or "truncate"
                or "len"
                or "index"
                or "slice"
                or "print"
                or "println"
                or "printf"
                or "eq"
                or "ne"
                or "lt"
                or "le"
                or "gt"
                or "ge"
                or "and"
                or "or"
                or "not"
                or "html"
                or "urlquery"
                or "js";

    public static object? Call(string name, IReadOnlyList<object?> arguments) =>
        name switch
        {
            "json" => TemplateValues.ToJson(At(arguments, 0, name)),
            "jsonpretty" => JsonText.Indent(Encoding.UTF8.GetBytes(TemplateValues.ToJson(At(arguments, 0, name)))).TrimEnd('\n'),
            "join" => string.Join(Text(arguments, 1, name), Elements(arguments, 0, name).Select(TemplateValues.Print)),
            "split" => Text(arguments, 0, name).Split(Text(arguments, 1, name)).Cast<object?>().ToArray(),
            "title" => Title(Text(arguments, 0, name)),
            "upper" => Text(arguments, 0, name).ToUpperInvariant(),
            "lower" => Text(arguments, 0, name).ToLowerInvariant(),
            "pad" => Pad(Text(arguments, 0, name), Number(arguments, 1, name), Number(arguments, 2, name)),
            "truncate" => Text(arguments, 0, name) is var s && Number(arguments, 1, name) is var n && s.Length > n ? s[..(int)n] : s,
            "len" => Length(At(arguments, 0, name)),
            "index" => arguments.Skip(1).Aggregate(At(arguments, 0, name), Index),
            "slice" => Slice(arguments),
            "print" => string.Concat(arguments.Select(TemplateValues.Print)),
            "println" => string.Join(' ', arguments.Select(TemplateValues.Print)) + "\n",
            "printf" => Format(arguments),
            "eq" => arguments.Skip(1).Any(a => Same(At(arguments, 0, name), a)),
            "ne" => !Same(At(arguments, 0, name), At(arguments, 1, name)),
            "lt" => Compare(arguments, name) < 0,
            "le" => Compare(arguments, name) <= 0,
            "gt" => Compare(arguments, name) > 0,
            "ge" => Compare(arguments, name) >= 0,
            "and" => arguments.FirstOrDefault(a => !TemplateValues.IsTrue(a), arguments.Count > 0 ? arguments[^1] : null),
            "or" => arguments.FirstOrDefault(TemplateValues.IsTrue, arguments.Count > 0 ? arguments[^1] : null),
            "not" => !TemplateValues.IsTrue(At(arguments, 0, name)),
            "urlquery" => Uri.EscapeDataString(Text(arguments, 0, name)),
            _ => TemplateValues.Print(At(arguments, 0, name)),
        };

    static object? At(IReadOnlyList<object?> arguments, int i, string name) =>
        i < arguments.Count
            ? TemplateValues.Normalize(arguments[i])
            : throw new TemplateException($"wrong number of args for {name}: want at least {i + 1} got {arguments.Count}");

    static string Text(IReadOnlyList<object?> arguments, int i, string name) =>
        At(arguments, i, name) switch
        {
            string text => text,
            var other => throw new TemplateException($"error calling {name}: wrong type for value; expected string; got {TypeName(other)}"),
        };

    static long Number(IReadOnlyList<object?> arguments, int i, string name) =>
        At(arguments, i, name) switch
        {
            long number => number,
            var other => throw new TemplateException($"error calling {name}: wrong type for value; expected int; got {TypeName(other)}"),
        };

    static IEnumerable<object?> Elements(IReadOnlyList<object?> arguments, int i, string name) =>
        At(arguments, i, name) is not string && TemplateValues.Elements(At(arguments, i, name)) is { } elements
            ? elements.Select(e => e.Value)
            : throw new TemplateException(
                $"error calling {name}: wrong type for value; expected []string; got {TypeName(At(arguments, i, name))}"
            );

    static string Title(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    static string Pad(string text, long before, long after) =>
        text.Length == 0 ? text : new string(' ', (int)before) + text + new string(' ', (int)after);

    static object Length(object? value) =>
        value switch
        {
            string s => (long)Encoding.UTF8.GetByteCount(s),
            _ => (long)(
                TemplateValues.Elements(value)?.Count() ?? throw new TemplateException($"error calling len: len of type {TypeName(value)}")
            ),
        };

    static object? Index(object? value, object? key)
    {
        value = TemplateValues.Normalize(value);
        if (value is JsonElement { ValueKind: JsonValueKind.Object } map)
            return key is string name && map.TryGetProperty(name, out var found) ? TemplateValues.Normalize(found) : "";
        if (value is null)
            throw new TemplateException("error calling index: index of untyped nil");
        if (value is string || TemplateValues.Elements(value) is not { } elements)
            throw new TemplateException($"error calling index: can't index item of type {TypeName(value)}");
        var list = elements.ToList();
        if (key is not long at || at < 0 || at >= list.Count)
            throw new TemplateException($"error calling index: index out of range: {TemplateValues.Print(key)}");
        return list[(int)at].Value;
    }

    static object? Slice(IReadOnlyList<object?> arguments)
    {
        var from = arguments.Count > 1 ? (int)Number(arguments, 1, "slice") : 0;
        if (At(arguments, 0, "slice") is string text)
            return text[from..(arguments.Count > 2 ? (int)Number(arguments, 2, "slice") : text.Length)];
        var list = Elements(arguments, 0, "slice").ToList();
        return list[from..(arguments.Count > 2 ? (int)Number(arguments, 2, "slice") : list.Count)];
    }

    static bool Same(object? left, object? right) =>
        (TemplateValues.Normalize(left), TemplateValues.Normalize(right)) switch
        {
            (long a, double b) => a == b,
            (double a, long b) => a == b,
            var (a, b) => Equals(a, b),
        };

    static int Compare(IReadOnlyList<object?> arguments, string name) =>
        (At(arguments, 0, name), At(arguments, 1, name)) switch
        {
            (long a, long b) => a.CompareTo(b),
            (string a, string b) => string.CompareOrdinal(a, b),
            (double or long, double or long) and var (a, b) => Convert
                .ToDouble(a, CultureInfo.InvariantCulture)
                .CompareTo(Convert.ToDouble(b, CultureInfo.InvariantCulture)),
            _ => throw new TemplateException($"error calling {name}: incompatible types for comparison"),
        };

    static string Format(IReadOnlyList<object?> arguments)
    {
        var pattern = Text(arguments, 0, "printf");
        var result = new StringBuilder();
        var next = 1;
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] != '%' || i + 1 >= pattern.Length)
            {
                result.Append(pattern[i]);
                continue;
            }
            var start = ++i;
            while (i < pattern.Length && !char.IsAsciiLetter(pattern[i]) && pattern[i] != '%')
                i++;
            if (i >= pattern.Length || pattern[i] == '%')
            {
                result.Append('%');
                continue;
            }
            result.Append(Verb(pattern[start..i], pattern[i], next < arguments.Count ? arguments[next] : null));
            next++;
        }
        return result.ToString();
    }

    static string Verb(string flags, char verb, object? value)
    {
        var text = verb == 'q' ? $"\"{TemplateValues.Print(value)}\"" : TemplateValues.Print(value);
        if (verb is 'x' && TemplateValues.Normalize(value) is long number)
            text = number.ToString("x", CultureInfo.InvariantCulture);
        if (!int.TryParse(flags, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var width))
            return text;
        return width < 0 ? text.PadRight(-width) : text.PadLeft(width);
    }

    static string TypeName(object? value) =>
        TemplateValues.Normalize(value) switch
        {
            null => "nil",
            string => "string",
            bool => "bool",
            long => "int",
            double => "float64",
            JsonElement { ValueKind: JsonValueKind.Object } => "map[string]interface {}",
            ITemplateFields row => row.TypeName,
            _ => "[]interface {}",
        };
}
