using System.Text;
using Pier.Model.Notation;

namespace Pier.Build.Dockerfiles.Parsing;

/// <summary>Parts an instruction's arguments at blanks.</summary>
static class RawWords
{
    /// <summary>At every blank: quotes mean nothing (FROM, EXPOSE, COPY).</summary>
    public static string[] AtBlanks(string text) => text.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries);

    /// <summary>At blanks outside of quotes; quotes and escapes stay for the expansion (ENV, LABEL, ARG).</summary>
    public static List<string> Quoted(string text, char escape)
    {
        var (words, word, quote) = (new List<string>(), new StringBuilder(), '\0');
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (word.Length > 0)
                    words.Add(word.ToString());
                word.Clear();
                continue;
            }
            word.Append(c);
            // In single quotes a shell knows no escapes; Docker's reader of words does.
            if (c == escape && i + 1 < text.Length)
                word.Append(text[++i]);
            else if (quote == '\0' && c is '"' or '\'' && quote == '\0')
                quote = c;
            else if (c == quote)
                quote = '\0';
        }
        if (word.Length > 0)
            words.Add(word.ToString());
        return words;
    }

    /// <summary>Pairs, or the one pair of "NAME value", which is what is meant when the first word has no "=".</summary>
    public static (List<Instructions.Pair> Pairs, bool IsLegacyForm) Pairs(string instruction, string text, char escape)
    {
        var words = Quoted(text, escape);
        if (words.Count == 0)
            throw new InstructionException($"{instruction} requires at least one argument");
        if (!words[0].Contains('='))
        {
            var at = text.AsSpan().IndexOfAny(" \t\v\f\r");
            if (at < 0)
                throw new InstructionException($"{instruction} must have two arguments", text);
            return ([new(text[..at], text[at..].Trim())], true);
        }
        return ([.. words.Select(w => Pair(instruction, w))], false);
    }

    static Instructions.Pair Pair(string instruction, string word)
    {
        var at = word.IndexOf('=');
        if (at < 0)
            throw new InstructionException($"Syntax error - can't find = in {GoQuote.Text(word)}. Must be of the form: name=value", word);
        if (at == 0)
            throw new InstructionException($"{instruction} names can not be blank", word);
        return new(word[..at], word[(at + 1)..]);
    }
}
