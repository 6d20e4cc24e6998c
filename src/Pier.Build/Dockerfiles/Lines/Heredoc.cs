using System.Text.RegularExpressions;
using Pier.Build.Dockerfiles.Words;

namespace Pier.Build.Dockerfiles.Lines;

/// <summary>A here-document: "&lt;&lt;EOF" and the lines up to EOF.</summary>
public sealed partial record Heredoc
{
    public required string Name { get; init; }

    /// <summary>Variables are expanded: the name was not quoted.</summary>
    public required bool Expands { get; init; }

    /// <summary>"&lt;&lt;-": tabs at the beginnings of lines do not count.</summary>
    public required bool StripsTabs { get; init; }

    /// <summary>The word before: a file descriptor's number or "".</summary>
    public string Descriptor { get; init; } = "";

    /// <summary>The lines, each with its end, tabs and all.</summary>
    public string Body { get; init; } = "";

    /// <summary>The body as the file or the command gets it.</summary>
    public string Text => StripsTabs ? LeadingTabs().Replace(Body, "") : Body;

    /// <summary>Whether a word begins a here-document, and which; null where it does not.</summary>
    public static Heredoc? Parse(string word)
    {
        if (Marker().Match(word) is not { Success: true } match)
            return null;
        var name = match.Groups[3].Value;
        var words = Split(new WordOptions { KeepUnset = true }, name);
        if (words is not [var plain])
            return null;
        return new Heredoc
        {
            Name = plain,
            Expands = plain == name,
            StripsTabs = match.Groups[2].Length > 0,
            Descriptor = match.Groups[1].Value,
        };
    }

    /// <summary>The here-documents that a line announces, in order, without their bodies.</summary>
    public static IReadOnlyList<Heredoc> In(string line) =>
        line.Contains("<<", StringComparison.Ordinal)
            ?
            [
                .. Split(
                        new WordOptions
                        {
                            KeepQuotes = true,
                            KeepEscapes = true,
                            KeepUnset = true,
                        },
                        line
                    )
                    .Select(Parse)
                    .OfType<Heredoc>(),
            ]
            : [];

    // Names are what they are: nothing is expanded in them.
    static IReadOnlyList<string> Split(WordOptions options, string text) =>
        new WordExpander(options, new WorkBudget()).Words(text, _ => null);

    [GeneratedRegex(@"\A(\d*)<<(-?)([^<]+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Marker();

    [GeneratedRegex(@"^\t+", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex LeadingTabs();
}
