using System.Globalization;
using System.Text;

namespace Pier.Model.Notation;

/// <summary>Text in quotes as Docker's messages and histories show it (Go's %q).</summary>
public static class GoQuote
{
    public static string Text(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
            quoted.Append(
                rune.Value switch
                {
                    '"' => "\\\"",
                    '\\' => "\\\\",
                    '\n' => "\\n",
                    '\t' => "\\t",
                    '\r' => "\\r",
                    '\a' => "\\a",
                    '\b' => "\\b",
                    '\f' => "\\f",
                    '\v' => "\\v",
                    < 0x20 or 0x7f => string.Create(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
                    _ => rune.ToString(),
                }
            );
        return quoted.Append('"').ToString();
    }

    /// <summary>["a" "b"].</summary>
    public static string List(IEnumerable<string> words) => $"[{string.Join(' ', words.Select(Text))}]";
}
