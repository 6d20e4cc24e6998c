using System.Text.RegularExpressions;
using Pier.Model.Builds;

namespace Pier.Build.Dockerfiles.Lines;

/// <summary>The directives at the top of a file: "# escape=`", "# syntax=docker/dockerfile:1", "# check=skip=...".</summary>
public sealed partial record ParserDirectives
{
    public char Escape { get; init; } = '\\';

    /// <summary>The frontend that the file asks for, or null.</summary>
    public string? Syntax { get; init; }

    /// <summary>What the checks should leave out, or null.</summary>
    public string? Check { get; init; }

    /// <summary>
    /// Reads the directives of a file. They end at the first line that is not one: a comment, a blank line, an instruction.
    /// </summary>
    public static ParserDirectives Read(SourceText source)
    {
        var (directives, seen) = (new ParserDirectives(), new HashSet<string>());
        for (var i = 0; i < source.Lines.Count; i++)
        {
            var match = Directive().Match(source.Lines[i]);
            var name = match.Groups[1].Value.ToLowerInvariant();
            if (!match.Success || name is not ("escape" or "syntax" or "check"))
                break;
            if (!seen.Add(name))
                throw new DockerfileException($"only one {name} parser directive can be used", source.Place(i + 1, i + 1));
            var value = match.Groups[2].Value;
            directives = name switch
            {
                "syntax" => directives with { Syntax = value },
                "check" => directives with { Check = value },
                _ when value is "\\" or "`" => directives with { Escape = value[0] },
                _ => throw new DockerfileException(
                    $"invalid escape token '{value}' does not match ` or \\",
                    source.Place(i + 1, i + 1, value)
                ),
            };
        }
        return directives;
    }

    [GeneratedRegex(@"\A\s*#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.*\S)\s*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Directive();
}
