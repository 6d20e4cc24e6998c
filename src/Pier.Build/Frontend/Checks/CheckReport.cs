using Pier.Build.Dockerfiles;
using Pier.Build.Dockerfiles.Instructions;
using Pier.Build.Graph;
using Pier.Model.Builds;
using Pier.Model.Notation;

namespace Pier.Build.Frontend.Checks;

/// <summary>Collects warnings, without those that "# check=" (or the argument BUILDKIT_DOCKERFILE_CHECK) leaves out.</summary>
sealed class CheckReport
{
    const int MaxWarnings = 1000;

    readonly Dockerfile _file;
    readonly HashSet<string> _skipped = [],
        _experimental = [];
    readonly HashSet<BuildWarning> _warnings = [];
    readonly bool _areErrors;

    public CheckReport(Dockerfile file, DockerfileInput input)
    {
        _file = file;
        foreach (var option in (input.Arguments.GetValueOrDefault("BUILDKIT_DOCKERFILE_CHECK") ?? file.Directives.Check ?? "").Split(';'))
        {
            var (name, value) = option.IndexOf('=') is var at and >= 0 ? (option[..at].Trim(), option[(at + 1)..]) : (option.Trim(), "");
            var values = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            switch (name.ToLowerInvariant())
            {
                case "":
                    break;
                case "skip":
                    _skipped.UnionWith(values);
                    break;
                case "experimental":
                    _experimental.UnionWith(values);
                    break;
                case "error":
                    _areErrors = value.Trim().Equals("true", StringComparison.OrdinalIgnoreCase);
                    break;
                default:
                    throw new DockerfileException($"invalid check option {GoQuote.Text(name)}", file.Source.Place(1, 1, option));
            }
        }
    }

    public void Add(string code, string message, Instruction instruction) => Add(code, message, instruction.Heading.FirstLine);

    public void Add(string code, string message, int line)
    {
        if (_skipped.Contains(code) || _skipped.Contains("all") || _warnings.Count >= MaxWarnings)
            return;
        if (CheckCodes.Experimental.Contains(code) && !_experimental.Contains(code) && !_experimental.Contains("all"))
            return;
        _warnings.Add(
            new BuildWarning(code, message, line) { Description = CheckDescriptions.Of(code), Address = CheckDescriptions.Address(code) }
        );
    }

    /// <summary>The warnings by line; throws <see cref="DockerfileException"/> when the file wants them to be errors.</summary>
    public IReadOnlyList<BuildWarning> Finish()
    {
        var checks = _warnings.Where(w => w.Line > 0).Select(w => w.Code).Distinct().ToArray();
        if (_areErrors && checks.Length > 0)
        {
            var first = _warnings.First(w => w.Line > 0);
            throw new DockerfileException(
                $"lint violation found for rules: {string.Join(", ", checks)}",
                _file.Source.Place(first.Line, first.Line)
            );
        }
        return Found;
    }

    /// <summary>The warnings by line.</summary>
    public IReadOnlyList<BuildWarning> Found => [.. _warnings.OrderBy(w => w.Line)];
}
