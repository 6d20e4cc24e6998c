using System.Text.RegularExpressions;
using Pier.Build.Dockerfiles.Instructions;
using Pier.Model.Notation;

namespace Pier.Build.Dockerfiles.Parsing;

// FROM, RUN, COPY, ADD: what makes the tree.
static partial class InstructionParser
{
    static FromInstruction From(Request request)
    {
        var flags = request.Known("platform=");
        var words = RawWords.AtBlanks(request.Rest);
        if (words is not ([_] or [_, _, _]) || words is [_, var keyword, _] && !keyword.Equals("as", StringComparison.OrdinalIgnoreCase))
            throw new InstructionException("FROM requires either one or three arguments");
        var name = words is [_, _, var written] ? written : null;
        if (name is not null && !StageName().IsMatch(name.ToLowerInvariant()))
            throw new InstructionException(
                $"invalid name for build stage: {GoQuote.Text(name)}, name can't start with a number or contain symbols",
                name
            );
        return new FromInstruction
        {
            Heading = request.Heading,
            Image = words[0],
            Platform = flags.Text("platform"),
            StageName = name?.ToLowerInvariant(),
            WrittenStageName = name,
            WrittenAs = words.ElementAtOrDefault(1),
        };
    }

    static RunInstruction Run(Request request)
    {
        var flags = request.Known("mount=*", "network=", "security=");
        var network = flags.Text("network");
        if (network is not (null or "default" or "none" or "host"))
            throw Unsupported("network", network, "default", "none", "host");
        var security = flags.Text("security");
        if (security is not (null or "sandbox" or "insecure"))
            throw Unsupported("security", security, "sandbox", "insecure");
        var command = Command(request.Rest);
        if (request.Line.Heredocs.Count > 0 && !command.IsShell)
            throw new InstructionException("RUN in exec form takes no here-documents", "<<");
        return new RunInstruction
        {
            Heading = request.Heading,
            Command = command,
            Mounts = [.. flags.All("mount").Select(MountOptions.Parse)],
            Network = network,
            Security = security,
            Heredocs = request.Line.Heredocs,
        };
    }

    static InstructionException Unsupported(string flag, string value, params string[] known) =>
        new($"{flag} mode \"{value}\" is not supported{Suggestions.For(value, known)}", value);

    static CopyInstruction Copy(Request request)
    {
        var flags =
            request.Word == "COPY"
                ? request.Known("chown=", "chmod=", "from=", "link", "parents", "exclude=*")
                : request.Known("chown=", "chmod=", "link", "exclude=*", "checksum=", "keep-git-dir", "unpack");
        if (flags.Text("from") is "")
            throw new InstructionException("missing a value on flag: from", "--from");
        var paths = JsonForm.Parse(request.Rest) ?? RawWords.AtBlanks(request.Rest);
        if (paths.Count == 0)
            throw new InstructionException($"{request.Word} requires at least two arguments");
        if (paths.Count == 1)
            throw NoDestination(request.Word, paths[0]);
        var heredocs = request.Line.Heredocs;
        if (Lines.Heredoc.Parse(paths[^1]) is not null)
            throw new InstructionException($"{request.Word} cannot accept a heredoc as a destination", paths[^1]);
        return new CopyInstruction
        {
            Heading = request.Heading,
            Heredocs = heredocs,
            Sources = heredocs.Count == 0 ? [.. paths.SkipLast(1)] : [.. paths.SkipLast(1).Where(p => Lines.Heredoc.Parse(p) is null)],
            Destination = paths[^1],
            From = flags.Text("from"),
            Owner = flags.Text("chown"),
            Mode = flags.Text("chmod"),
            Link = flags.Truth("link") ?? false,
            Parents = flags.Truth("parents") ?? false,
            Excludes = flags.All("exclude"),
            Checksum = flags.Text("checksum"),
            KeepGitDirectory = flags.Truth("keep-git-dir"),
            Unpack = flags.Truth("unpack"),
        };
    }

    /// <summary>COPY or ADD with one path.</summary>
    public static InstructionException NoDestination(string word, string? path = null) =>
        new($"{word} requires at least two arguments, but only one was provided. Destination could not be determined", path);

    [GeneratedRegex(@"\A[a-z][a-z0-9-_\.]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex StageName();
}
