namespace Pier.Cli.CommandLines;

/// <summary>
/// Docker's option grammar (decision 0004): --name=value and --name value, bundles of short flags (-itd), a short option's value in the
/// same word (-eA=b), "--" ends options, and where the arguments are a container's command the first argument ends them too.
/// </summary>
sealed class LineParser(OptionSpec[] specs, bool interspersed)
{
    readonly Dictionary<string, List<string>> _values = [];
    readonly List<string> _arguments = [];

    /// <summary>Parses the words; throws <see cref="UsageFailure"/>. "help" is set when --help was among the options.</summary>
    public ParsedLine Parse(ReadOnlySpan<string> words)
    {
        var i = 0;
        while (i < words.Length)
        {
            var word = words[i++];
            if (word == "--")
            {
                _arguments.AddRange(words[i..]);
                break;
            }
            if (word.StartsWith("--", StringComparison.Ordinal))
            {
                ParseLong(word, words, ref i);
            }
            else if (word.Length > 1 && word[0] == '-')
            {
                ParseShort(word, words, ref i);
            }
            else
            {
                _arguments.Add(word);
                if (interspersed)
                    continue;
                _arguments.AddRange(words[i..]);
                break;
            }
        }
        return new ParsedLine(_values, _arguments);
    }

    void ParseLong(string word, ReadOnlySpan<string> words, ref int i)
    {
        var equals = word.IndexOf('=');
        var name = equals < 0 ? word[2..] : word[2..equals];
        if (name.Length == 0 || name[0] == '-')
            throw new UsageFailure($"bad flag syntax: {word}");
        if (!TryFind(name, out var spec))
        {
            if (name != "help")
                throw new UsageFailure($"unknown flag: --{name}");
            spec = new OptionSpec("help", '\0', "", "");
        }
        if (equals >= 0)
            Set(spec, word[(equals + 1)..]);
        else if (spec.IsFlag)
            Set(spec, "true");
        else if (i < words.Length)
            Set(spec, words[i++]);
        else
            throw new UsageFailure($"flag needs an argument: --{name}");
    }

    void ParseShort(string word, ReadOnlySpan<string> words, ref int i)
    {
        for (var at = 1; at < word.Length; at++)
        {
            var letter = word[at];
            if (!TryFind(letter, out var spec))
            {
                if (letter != 'h')
                    throw new UsageFailure($"unknown shorthand flag: '{letter}' in -{word[at..]}");
                spec = new OptionSpec("help", 'h', "", "");
            }
            var rest = word[(at + 1)..];
            if (spec.IsFlag)
            {
                if (!rest.StartsWith('='))
                {
                    Set(spec, "true");
                    continue;
                }
                Set(spec, rest[1..]);
                return;
            }
            if (rest.StartsWith('='))
                Set(spec, rest[1..]);
            else if (rest.Length > 0)
                Set(spec, rest);
            else if (i < words.Length)
                Set(spec, words[i++]);
            else
                throw new UsageFailure($"flag needs an argument: '{letter}' in -{word[at..]}");
            return;
        }
    }

    void Set(OptionSpec spec, string value)
    {
        var target = spec.AliasOf ?? spec.Long;
        var parsed = OptionValues.Check(spec, value);
        if (_values.TryGetValue(target, out var values))
            values.Add(parsed);
        else
            _values[target] = [parsed];
    }

    bool TryFind(string name, out OptionSpec found)
    {
        foreach (var spec in specs)
        {
            if (spec.Long != name)
                continue;
            found = spec;
            return true;
        }
        found = default;
        return false;
    }

    bool TryFind(char letter, out OptionSpec found)
    {
        foreach (var spec in specs)
        {
            if (spec.Short != letter)
                continue;
            found = spec;
            return true;
        }
        found = default;
        return false;
    }
}
