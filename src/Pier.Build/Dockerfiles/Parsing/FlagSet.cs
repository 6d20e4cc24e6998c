namespace Pier.Build.Dockerfiles.Parsing;

/// <summary>
/// The flags of one instruction, read by name; every flag must be one of the known. Throws <see cref="InstructionException"/>.
/// </summary>
sealed class FlagSet
{
    readonly Dictionary<string, List<string>> _values = [];

    /// <param name="words">"--name=value" and "--name".</param>
    /// <param name="known">Names, with "=" behind those that take a value, "*" where they may be given several times.</param>
    public FlagSet(IEnumerable<string> words, params string[] known)
    {
        var names = known.Select(k => k.TrimEnd('=', '*')).ToArray();
        foreach (var word in words)
        {
            var at = word.IndexOf('=');
            var name = (at < 0 ? word : word[..at])[2..];
            var kind =
                known.FirstOrDefault(k => k.TrimEnd('=', '*') == name)
                ?? throw new InstructionException($"unknown flag: {name}{Suggestions.For(name, names)}", "--" + name);
            if (_values.ContainsKey(name) && !kind.EndsWith('*'))
                throw new InstructionException($"duplicate flag specified: {name}", "--" + name);
            if (at < 0 && kind.Contains('='))
                throw new InstructionException($"missing a value on flag: {name}", "--" + name);
            var value = at < 0 ? "true" : word[(at + 1)..];
            if (!kind.Contains('=') && value.ToLowerInvariant() is not ("true" or "false"))
                throw new InstructionException($"expecting boolean value for flag {name}, not: {value}", "--" + name);
            if (!_values.TryGetValue(name, out var list))
                _values[name] = list = [];
            list.Add(value);
        }
    }

    public string? Text(string name) => _values.TryGetValue(name, out var values) ? values[^1] : null;

    public bool? Truth(string name) => Text(name)?.Equals("true", StringComparison.OrdinalIgnoreCase);

    public IReadOnlyList<string> All(string name) => _values.TryGetValue(name, out var values) ? values : [];
}
