using Pier.Build.Dockerfiles;
using Pier.Build.Dockerfiles.Instructions;
using Pier.Build.Dockerfiles.Parsing;
using Pier.Build.Sources.Git;
using Pier.Model.Builds;

namespace Pier.Build.Frontend;

/// <summary>What the words of COPY and ADD mean as paths.</summary>
static class CopyPaths
{
    /// <summary>Absolute; with a slash at the end when the words say that it is a directory.</summary>
    public static string Destination(string workingDirectory, string written)
    {
        var path = CleanPath.Join(workingDirectory, written);
        var isDirectory =
            written is "" or "." or ".."
            || written.EndsWith('/')
            || written.EndsWith("/.", StringComparison.Ordinal)
            || written.EndsWith("/..", StringComparison.Ordinal);
        return isDirectory && path != "/" ? path + "/" : path;
    }

    /// <summary>Absolute in its tree, whatever ".." it was written with; the pivot of --parents ("/./") stays.</summary>
    public static string Source(string written, bool keepPivot)
    {
        var pivot = keepPivot ? written.IndexOf("/./", StringComparison.Ordinal) : -1;
        if (pivot < 0)
            return CleanPath.Join("/", "/" + written);
        var (before, after) = (CleanPath.Of("/" + written[..pivot]), CleanPath.Of("/" + written[(pivot + 3)..]));
        return (before == "/" ? "" : before) + "/." + after;
    }

    public static bool IsRemote(string source) =>
        source.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
        || source.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
        || GitAddress.Parse(source) is not null;

    /// <summary>
    /// The name of a download: the destination's when that is a file, the address's last segment otherwise; null where it has none.
    /// </summary>
    public static string? FileName(Uri address, string destination)
    {
        var name = destination.EndsWith('/') ? Uri.UnescapeDataString(address.AbsolutePath.Split('/')[^1]) : destination.Split('/')[^1];
        return name is "" or "." or ".." || name.AsSpan().ContainsAny('/', '\0') ? null : name;
    }

    public static void CheckCount(CopyInstruction instruction, int sources, string destination)
    {
        if (sources == 0)
            throw InstructionParser.NoDestination(instruction.Word);
        if (sources > 1 && !destination.EndsWith('/'))
            throw new InstructionException(
                $"When using {instruction.Word} with more than one source file, the destination must be a directory and end with a /",
                instruction.Destination
            );
    }
}
