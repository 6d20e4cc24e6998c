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
        return ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new InvalidParameterException($"invalid resize {word} \"{text}\": invalid syntax");
    }
}
