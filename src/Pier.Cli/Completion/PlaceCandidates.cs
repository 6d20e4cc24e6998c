using Pier.Cli.CommandLines;

namespace Pier.Cli.Completion;

/// <summary>The candidates for a place: commands, options, an option's values, arguments.</summary>
sealed class PlaceCandidates(Place place, CliEnvironment environment)
{
    // Types that may be given again.
    static readonly string[] Repeated = ["list", "map", "mount", "network", "ulimit", "filter", "strings"];

    public Candidates Find()
    {
        if (place.IsOption)
            return new Candidates(Options(), Directive.NoFiles);
        var names = new DaemonNames(new ClientConfig(environment, place.Global));
        if (place.Pending is { } option)
            return new OptionCandidates(place, environment, names).Of(option);
        return place.Command is null ? new Candidates(Commands(), Directive.NoFiles) : new ArgumentCandidates(place, names).Find();
    }

    IEnumerable<Candidate> Options()
    {
        var given = place.Line!;
        var shorts = place.Typed is not ['-', '-', ..];
        foreach (var option in place.Options.Where(o => o.AliasOf is null).OrderBy(o => o.Long, StringComparer.Ordinal))
        {
            if (given.Has(option.Long) && !Repeated.Contains(option.Type))
                continue;
            var description = FirstLine(option.Help);
            yield return new Candidate("--" + option.Long, description);
            if (shorts && option.Short != '\0')
                yield return new Candidate("-" + option.Short, description);
        }
    }

    IEnumerable<Candidate> Commands()
    {
        var top = place.Words is [] or ["help"];
        IEnumerable<string> names = top
            ?
            [
                .. CommandTable.CommonCommands,
                .. CommandTable.OtherCommands,
                .. CommandTable.Groups.Where(g => g.Words == 1).Select(g => g.Name),
                .. place.Words.Length == 0 ? (string[])["help"] : [],
            ]
            : CommandTable.Group(place.Words)!.Commands;
        return names.Order(StringComparer.Ordinal).Select(n => new Candidate(n, Summary(top ? [n] : [.. place.Words, n])));
    }

    static string Summary(string[] words) =>
        words is ["help"]
            ? "Help about the command"
            : FirstLine(CommandTable.Find(words, out _)?.Summary ?? CommandTable.Group(words)!.Summary);

    // Without the default, which is for who reads help, and a heading's full stop.
    static string FirstLine(string text)
    {
        var line = text.Split('\n')[0];
        var end = line.IndexOf(" (default ", StringComparison.Ordinal);
        return (end < 0 ? line : line[..end]).TrimEnd('.');
    }
}
