using System.Text;

namespace Pier.Build.Dockerfiles.Parsing;

/// <summary>Takes the flags off the front of an instruction's arguments.</summary>
static class FlagWords
{
    /// <summary>The words that begin with "--", quotes and escapes taken out, and what follows them.</summary>
    public static (List<string> Flags, string Arguments) Take(string text, char escape)
    {
        var flags = new List<string>();
        for (var at = 0; ; )
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
                at++;
            if (!text.AsSpan(at).StartsWith("--"))
                return (flags, text[at..]);
            var (word, end) = Word(text, at, escape);
            // A bare "--" ends them.
            if (word == "--")
                return (flags, text[end..].TrimStart());
            flags.Add(word);
            at = end;
        }
    }

    static (string Word, int End) Word(string text, int at, char escape)
    {
        var (word, quote) = (new StringBuilder(), '\0');
        for (; at < text.Length; at++)
        {
            var c = text[at];
            if (quote == '\0' && char.IsWhiteSpace(c))
                break;
            if (quote != '\0' && c == quote)
                quote = '\0';
            else if (quote == '\0' && c is '"' or '\'' && quote == '\0')
                quote = c;
            else if (c == escape && at + 1 < text.Length)
                word.Append(text[++at]);
            else if (c != escape)
                word.Append(c);
        }
        return (word.ToString(), at);
    }
}
