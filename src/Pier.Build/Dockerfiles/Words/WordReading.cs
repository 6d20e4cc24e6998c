using System.Text;

namespace Pier.Build.Dockerfiles.Words;

/// <summary>One pass over one text.</summary>
ref struct WordReading(string text, WordOptions options, Variables variables, WorkBudget budget, ICollection<string>? unset)
{
    const char End = '\uFFFF';

    int _at,
        _depth;

    readonly char Peek => _at < text.Length ? text[_at] : End;
    readonly bool AtEnd => _at >= text.Length;

    public (string Text, IReadOnlyList<string> Words) Run()
    {
        var words = new WordList();
        var result = Until(null, options.KeepEscapes, words);
        return (result, words.Finish());
    }

    // Reads up to the closing character (or the end of the text where there is none) and past it.
    string Until(char? closing, bool keepEscapes, WordList words)
    {
        var result = new StringBuilder();
        while (!AtEnd)
        {
            var c = text[_at];
            if (c == closing)
            {
                _at++;
                return Bounded(result);
            }
            if (c == '$')
            {
                var value = Dollar();
                words.AddPlain(value);
                Append(result, value);
            }
            else if (c is '"' or '\'' && !options.IgnoreQuotes)
            {
                var quoted = c == '"' ? DoubleQuoted() : SingleQuoted();
                words.AddQuoted(quoted);
                Append(result, quoted);
            }
            else
                Character(result, words, keepEscapes);
        }
        return closing is null ? Bounded(result) : throw Unfinished(closing.Value.ToString());
    }

    void Character(StringBuilder result, WordList words, bool keepEscapes)
    {
        var c = text[_at++];
        if (c != options.Escape)
        {
            words.AddPlain(c.ToString());
            result.Append(c);
            return;
        }
        if (keepEscapes)
        {
            words.AddQuoted(c);
            result.Append(c);
        }
        if (AtEnd)
            return;
        c = text[_at++];
        words.AddQuoted(c);
        result.Append(c);
    }

    string SingleQuoted()
    {
        var end = text.IndexOf('\'', _at + 1);
        if (end < 0)
            throw Unfinished("single-quote");
        var inside = options.KeepQuotes ? text[_at..(end + 1)] : text[(_at + 1)..end];
        _at = end + 1;
        return inside;
    }

    string DoubleQuoted()
    {
        var result = new StringBuilder();
        if (options.KeepQuotes)
            result.Append('"');
        for (_at++; !AtEnd; )
        {
            var c = text[_at];
            if (c == '"')
            {
                _at++;
                if (options.KeepQuotes)
                    result.Append('"');
                return Bounded(result);
            }
            if (c == '$')
            {
                Append(result, Dollar());
                continue;
            }
            _at++;
            // Inside of double quotes the escape character is one only before what means something there.
            if (c == options.Escape && (Peek is '"' or '$' || Peek == options.Escape) && !AtEnd)
            {
                if (options.KeepEscapes)
                    result.Append(c);
                c = text[_at++];
            }
            result.Append(c);
        }
        throw Unfinished("double-quote");
    }

    string Dollar()
    {
        _at++;
        if (Peek != '{' || AtEnd)
        {
            var name = Name();
            if (name.Length == 0)
                return "$";
            return Value(name) ?? (options.KeepUnset ? "$" + name : "");
        }
        _at++;
        if (++_depth > DockerfileLimits.SubstitutionDepth)
            throw new InstructionException("substitutions are nested too deeply");
        var value = Braced();
        _depth--;
        return value;
    }

    string Braced()
    {
        if (AtEnd)
            throw Missing();
        if (Peek is '}' or '{' or ':')
            throw new InstructionException("syntax error: bad substitution", "${");
        var name = Name();
        if (AtEnd)
            throw Missing();
        var modifier = text[_at++];
        if (modifier == '}')
            return Value(name) ?? (options.KeepUnset ? $"${{{name}}}" : "");
        if (modifier == '/')
            return Replaced(name);
        var emptyIsUnset = modifier == ':';
        if (emptyIsUnset)
        {
            if (AtEnd)
                throw Missing();
            modifier = text[_at++];
        }
        if (modifier is not ('+' or '-' or '?' or '#' or '%') || emptyIsUnset && modifier is '#' or '%' && emptyIsUnset)
            throw new InstructionException($"unsupported modifier ({(emptyIsUnset ? ":" : "")}{modifier}) in substitution", "${" + name);
        var word = Until('}', modifier is '#' or '%', new WordList());
        var value = Value(name, modifier is '#' or '%');
        if (value is null && options.KeepUnset)
            return $"${{{name}{(emptyIsUnset ? ":" : "")}{modifier}{word}}}";
        return modifier is '#' or '%' ? Trimmed(value ?? "", modifier, word) : Chosen(name, value, modifier, emptyIsUnset, word);
    }

    static string Chosen(string name, string? value, char modifier, bool emptyIsUnset, string word)
    {
        var counts = value is not null && !(emptyIsUnset && value.Length == 0);
        return modifier switch
        {
            '-' => counts ? value! : word,
            '+' => counts ? word : "",
            _ when counts => value!,
            _ when word.Length > 0 => throw new InstructionException($"{name}: {word}", "${" + name),
            _ => throw new InstructionException($"{name}: is not allowed to be {(value is null ? "unset" : "empty")}", "${" + name),
        };
    }

    // # and % cut the shortest match, ## and %% the longest.
    readonly string Trimmed(string value, char modifier, string word)
    {
        var longest = word.StartsWith(modifier);
        var pattern = new ShellPattern(longest ? word[1..] : word, budget);
        return modifier == '#' ? pattern.TrimStart(value, longest) : pattern.TrimEnd(value, longest);
    }

    string Replaced(string name)
    {
        var everywhere = Peek == '/';
        if (everywhere)
            _at++;
        var pattern = Until('/', keepEscapes: true, new WordList());
        var replacement = Until('}', keepEscapes: true, new WordList());
        var value = Value(name, mustBeSet: true);
        if (value is null)
            return options.KeepUnset ? $"${{{name}{(everywhere ? "//" : "/")}{pattern}/{replacement}}}" : "";
        return new ShellPattern(pattern, budget).Replace(value, replacement, everywhere);
    }

    // A name, a positional number, or one of the shell's special parameters.
    string Name()
    {
        var start = _at;
        if (Peek is '@' or '*' or '#' or '?' or '-' or '$' or '!' && !AtEnd)
            return text[_at++].ToString();
        if (char.IsDigit(Peek) && !AtEnd)
        {
            while (!AtEnd && char.IsDigit(Peek))
                _at++;
            return text[start.._at];
        }
        while (!AtEnd && (char.IsLetterOrDigit(Peek) || Peek == '_'))
            _at++;
        return text[start.._at];
    }

    // Modifiers that say what an unset variable means make no report of it.
    readonly string? Value(string name, bool mustBeSet = true)
    {
        var value = variables(name);
        if (value is null && mustBeSet)
            unset?.Add(name);
        return value;
    }

    readonly void Append(StringBuilder result, string value)
    {
        budget.Spend(value.Length + 1);
        result.Append(value);
        if (result.Length > DockerfileLimits.ValueLength)
            throw TooLong();
    }

    readonly string Bounded(StringBuilder result)
    {
        budget.Spend(result.Length);
        return result.Length > DockerfileLimits.ValueLength ? throw TooLong() : result.ToString();
    }

    static InstructionException TooLong() => new($"a value is longer than {DockerfileLimits.ValueLength} characters");

    static InstructionException Missing() => new("syntax error: missing '}'", "${");

    static InstructionException Unfinished(string what) => new($"unexpected end of statement while looking for matching {what}");
}
