using System.Globalization;
using System.Text;

namespace Pier.Cli.Completion;

/// <summary>
/// pier __complete WORDS...: what the shells' scripts ask, in cobra's protocol: a line for each candidate (word, tab, description), then
/// ":" and the directive's number. The last word is the one at the cursor. Nothing is ever an error here: a prompt is no place for one.
/// </summary>
static class CompletionCommand
{
    const string WithDescriptions = "__complete",
        WithoutDescriptions = "__completeNoDesc";

    public static bool Is(string word) => word is WithDescriptions or WithoutDescriptions;

    /// <param name="words">From the command's name on.</param>
    public static int Run(string[] words, CliEnvironment environment)
    {
        // PowerShell before 7.3 has no other way to hand over an empty word.
        var typed = words.Length > 1 && words[^1] != "\"\"" ? words[^1] : "";
        var before = words.Length > 1 ? words[1..^1] : [];
        var answer = Answer(before, typed, environment);
        // --option=VALUE: the candidates are values.
        if (typed.StartsWith("--", StringComparison.Ordinal) && typed.IndexOf('=') is > 0 and var equals)
            typed = typed[(equals + 1)..];
        var text = new StringBuilder();
        foreach (var candidate in answer.Items)
        {
            if (!candidate.Text.StartsWith(typed, StringComparison.Ordinal))
                continue;
            text.Append(candidate.Text);
            if (words[0] == WithDescriptions && candidate.Description.Length > 0)
                text.Append('\t').Append(candidate.Description);
            text.Append('\n');
        }
        text.Append(CultureInfo.InvariantCulture, $":{(int)answer.Directive}\n");
        environment.Output.Write(Encoding.UTF8.GetBytes(text.ToString()));
        return 0;
    }

    static Candidates Answer(string[] before, string typed, CliEnvironment environment)
    {
        try
        {
            var place = Place.Find(before, typed);
            return place is null ? Candidates.None : new PlaceCandidates(place, environment).Find();
        }
        catch (Exception e) when (e is CliFailure or IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            return Candidates.None;
        }
    }
}
