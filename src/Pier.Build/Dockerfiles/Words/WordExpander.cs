using System.Text;

namespace Pier.Build.Dockerfiles.Words;

/// <summary>
/// Expands variables and takes out quotes and escapes as Docker's Dockerfile reference says ("Environment replacement"): what a shell's
/// words would be,
/// without globbing and commands. Throws <see cref="InstructionException"/>.
/// </summary>
public sealed class WordExpander(WordOptions options, WorkBudget budget)
{
    /// <summary>One word, blanks and all. Names of variables that were not set are added to <paramref name="unset"/>.</summary>
    public string Word(string text, Variables variables, ICollection<string>? unset = null)
    {
        if (IsPlain(text))
            return text;
        var reading = new WordReading(text, options, variables, budget, unset);
        return reading.Run().Text;
    }

    /// <summary>The words that blanks part, also blanks that came from variables outside of quotes.</summary>
    public IReadOnlyList<string> Words(string text, Variables variables, ICollection<string>? unset = null)
    {
        var reading = new WordReading(text, options, variables, budget, unset);
        return reading.Run().Words;
    }

    bool IsPlain(string text) =>
        text.AsSpan().IndexOfAny("$'\"") < 0 && !text.Contains(options.Escape) && text.Length <= DockerfileLimits.ValueLength;
}

/// <summary>The words of an expansion as they grow: quoted text never ends one.</summary>
sealed class WordList
{
    readonly List<string> _words = [];
    readonly StringBuilder _word = new();

    public void AddPlain(string text)
    {
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c))
                _word.Append(c);
            else
                End();
        }
    }

    public void AddQuoted(string text) => _word.Append(text);

    public void AddQuoted(char c) => _word.Append(c);

    public IReadOnlyList<string> Finish()
    {
        End();
        return _words;
    }

    void End()
    {
        if (_word.Length == 0)
            return;
        _words.Add(_word.ToString());
        _word.Clear();
    }
}
