namespace Pier.Runtime.Commands;

/// <summary>
/// A command line by a table: options that take a value, options that do not, then operands. "--name=value", "--name value", "-x".
/// </summary>
sealed class CommandLine
{
    readonly Dictionary<string, List<string>> _values = [];

    CommandLine() { }

    /// <summary>What is not an option. After the first operand everything is one when <paramref name="stopAtOperand"/> was said.</summary>
    public List<string> Operands { get; } = [];

    /// <param name="arguments">The words.</param>
    /// <param name="valued">Names, with aliases after "|", of options with a value.</param>
    /// <param name="flags">Names of options without.</param>
    /// <param name="stopAtOperand">Whether options end at the first operand: what follows belongs to another command.</param>
    public static CommandLine Parse(
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> valued,
        IReadOnlyList<string> flags,
        bool stopAtOperand = false
    )
    {
        var line = new CommandLine();
        for (var i = 0; i < arguments.Count; i++)
        {
            var word = arguments[i];
            if (word == "--")
            {
                line.Operands.AddRange(arguments.Skip(i + 1));
                break;
            }
            if (word.Length < 2 || word[0] != '-')
            {
                line.Operands.Add(word);
                if (!stopAtOperand)
                    continue;
                line.Operands.AddRange(arguments.Skip(i + 1));
                break;
            }
            var name = word.TrimStart('-');
            string? inline = null;
            if (name.IndexOf('=') is var at and > 0)
                (name, inline) = (name[..at], name[(at + 1)..]);
            if (Find(valued, name) is { } option)
                line.Add(
                    option,
                    inline ?? (++i < arguments.Count ? arguments[i] : throw new CommandException($"flag needs an argument: -{name}"))
                );
            else if (Find(flags, name) is { } flag)
                line.Add(flag, inline ?? "true");
            else
                throw new CommandException($"flag provided but not defined: -{name}");
        }
        return line;
    }

    public string? Value(string name) => _values.TryGetValue(name, out var values) ? values[^1] : null;

    public IReadOnlyList<string> Values(string name) => _values.TryGetValue(name, out var values) ? values : [];

    public bool Has(string name) => Value(name) is { } value && value != "false";

    void Add(string name, string value)
    {
        if (!_values.TryGetValue(name, out var values))
            _values[name] = values = [];
        values.Add(value);
    }

    // The first of the aliases is the option's name.
    static string? Find(IReadOnlyList<string> names, string name)
    {
        foreach (var entry in names)
            if (entry.Split('|').Contains(name))
                return entry.Split('|')[0];
        return null;
    }
}

/// <summary>The command cannot be done; the text goes to the log and to stderr, and the exit code is 1 unless told.</summary>
sealed class CommandException(string message, int exitCode = 1, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;
}
