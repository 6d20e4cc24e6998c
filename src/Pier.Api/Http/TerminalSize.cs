using System.Globalization;
using Pier.Model;

namespace Pier.Api.Http;

/// <summary>The h and w of a resize.</summary>
static class TerminalSize
{
    public static (int Rows, int Columns) Read(Query query) => (Read(query, "h", "height"), Read(query, "w", "width"));

    static int Read(Query query, string key, string word)
    {
        var text = query.Text(key) ?? "";
        if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            // The kernel's window sizes have 16 bits.
            return (ushort)value;
        var range = Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
        throw new InvalidParameterException($"invalid resize {word} \"{text}\": {(range ? "value out of range" : "invalid syntax")}");
    }
}
