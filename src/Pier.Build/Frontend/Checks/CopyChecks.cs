using Pier.Build.Dockerfiles;
using Pier.Build.Dockerfiles.Instructions;
using Pier.Model.Builds;
using Pier.Model.Notation;

namespace Pier.Build.Frontend.Checks;

/// <summary>Checks of COPY and ADD.</summary>
static class CopyChecks
{
    /// <summary>What .dockerignore leaves out is not there to be copied.</summary>
    public static void Ignored(CopyInstruction instruction, IEnumerable<string> sources, DockerfileInput input, CheckReport report)
    {
        if (instruction.From is not null || input.Context is not null || input.Excludes.Count == 0)
            return;
        var matcher = new IgnoreMatcher(input.Excludes);
        var verb = char.ToUpperInvariant(instruction.Word[0]) + instruction.Word[1..].ToLowerInvariant();
        foreach (var source in sources.Where(s => !CopyPaths.IsRemote(s) && matcher.Excludes(CleanPath.Of("/" + s).TrimStart('/'))))
            report.Add(
                CheckCodes.CopyIgnoredFile,
                $"Attempting to {verb} file {GoQuote.Text(source)} that is excluded by .dockerignore",
                instruction
            );
    }
}
