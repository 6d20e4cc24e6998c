using Pier.Cli.CommandLines;

namespace Pier.Cli.Completion;

/// <summary>Where in the command line the cursor is.</summary>
sealed record Place
{
    /// <summary>The options before the command.</summary>
    public required ParsedLine Global { get; init; }

    /// <summary>The words of the group or command, as far as there are any: "network", or "container", "stop".</summary>
    public string[] Words { get; init; } = [];

    /// <summary>The command, when its name is whole.</summary>
    public CommandSpec? Command { get; init; }

    /// <summary>The command's options and arguments before the cursor.</summary>
    public ParsedLine? Line { get; init; }

    /// <summary>The option whose value is at the cursor.</summary>
    public OptionSpec? Pending { get; init; }

    /// <summary>The word at the cursor is the beginning of an option.</summary>
    public bool IsOption { get; init; }

    public required string Typed { get; init; }

    public OptionSpec[] Options => Command?.Options ?? GlobalOptions.Table("");

    public Place? InCommand(CommandSpec command, string[] rest) =>
        Scan(command, Global, Words, command.Options, command.Interspersed, rest, Typed, out _);

    /// <summary>Null where nothing can follow: an unknown command or option.</summary>
    public static Place? Find(string[] before, string typed)
    {
        var place = Scan(null, null, [], GlobalOptions.Table(""), false, before, typed, out var rest);
        if (place is null || rest.Length == 0)
            return place;
        place = place with { Words = rest };
        if (CommandTable.Find(rest, out var count) is { } command)
            return place.InCommand(command, rest[count..]);
        return CommandTable.Group(rest) is { } group && group.Words == rest.Length || rest is ["help"] ? place : null;
    }

    static Place? Scan(
        CommandSpec? command,
        ParsedLine? global,
        string[] words,
        OptionSpec[] options,
        bool interspersed,
        string[] before,
        string typed,
        out string[] rest
    )
    {
        rest = [];
        // A last option that lacks its value makes the parser fail: then the value is what is at the cursor.
        var pending = PendingOption(options, interspersed, before);
        try
        {
            var line = new LineParser(options, interspersed).Parse(pending is null ? before : before[..^1]);
            rest = [.. line.Arguments];
            var ended = before.Contains("--") || (!interspersed && rest.Length > 0);
            var equals = typed.IndexOf('=');
            var isOption = pending is null && !ended && typed.StartsWith('-');
            if (isOption && equals > 0 && typed.StartsWith("--", StringComparison.Ordinal))
            {
                pending = Find(options, typed[2..equals]);
                if (pending is null)
                    return null;
                isOption = false;
            }
            return new Place
            {
                Command = command,
                Global = global ?? line,
                Words = words,
                Line = line,
                Pending = pending,
                IsOption = isOption,
                Typed = typed,
            };
        }
        catch (UsageFailure)
        {
            return null;
        }
    }

    /// <summary>The option that the last word is, when its value is the next one: --name, -n, or the end of a bundle (-itn).</summary>
    static OptionSpec? PendingOption(OptionSpec[] options, bool interspersed, string[] before)
    {
        if (before.Length == 0 || before[^1] is not ['-', _, ..] || before[..^1].Contains("--"))
            return null;
        try
        {
            // It may itself be a value, or belong to what runs in a container.
            var parser = new LineParser(options, interspersed).Parse(before[..^1]);
            if (!interspersed && parser.Arguments.Count > 0)
                return null;
            new LineParser(options, interspersed).Parse(before);
            return null;
        }
        catch (UsageFailure e) when (e.Message.StartsWith("flag needs an argument", StringComparison.Ordinal))
        {
            var last = before[^1];
            return last.StartsWith("--", StringComparison.Ordinal)
                ? Find(options, last[2..])
                : options.FirstOrNull(o => o.Short == last[^1]);
        }
        catch (UsageFailure)
        {
            return null;
        }
    }

    static OptionSpec? Find(OptionSpec[] options, string name) => options.FirstOrNull(o => o.Long == name);
}

static class OptionSearch
{
    public static OptionSpec? FirstOrNull(this OptionSpec[] options, Predicate<OptionSpec> matches) =>
        Array.FindIndex(options, matches) is >= 0 and var at ? options[at] : null;
}
