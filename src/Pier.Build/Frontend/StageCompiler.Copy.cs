using System.Text;
using System.Text.RegularExpressions;
using Pier.Build.Dockerfiles;
using Pier.Build.Dockerfiles.Instructions;
using Pier.Build.Frontend.Checks;
using Pier.Build.Graph;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Build.Frontend;

// COPY, ADD, WORKDIR.
sealed partial class StageCompiler
{
    async Task CopyAsync(StageState stage, CopyInstruction instruction, bool isTrigger)
    {
        var words = instruction.Sources.Select(s => Expand(stage, instruction, s)).ToList();
        var written = Expand(stage, instruction, instruction.Destination);
        var copy = new CopyRequest(instruction)
        {
            Destination = CopyPaths.Destination(stage.Config.WorkingDir, written),
            Owner = Expand(stage, instruction, instruction.Owner ?? ""),
            Mode = instruction.Mode is { } mode ? FileMode(Expand(stage, instruction, mode), mode) : null,
            Excludes = [.. instruction.Excludes.Select(e => Expand(stage, instruction, e))],
            Checksum = instruction.Checksum is { } checksum ? Expand(stage, instruction, checksum) : null,
        };
        CopyPaths.CheckCount(instruction, words.Count + instruction.Heredocs.Count, copy.Destination);
        var actions = instruction.IsAdd ? Added(copy, words) : await CopiedAsync(stage, copy, words);
        actions.AddRange(instruction.Heredocs.Select(h => Document(stage, copy, h)));
        CopyChecks.Ignored(instruction, words, input, report);
        stage.Tree = Pooled(
            new FileStep
            {
                Name = StepName(stage, instruction.Heading.Text),
                Base = stage.Tree,
                Actions = actions,
                Linked = instruction.Link,
                IgnoreCache = IgnoresCache(stage),
            }
        );
        var names = words.Concat(instruction.Heredocs.Select(h => "<<" + h.Name));
        var flags =
            (instruction.Owner is null ? "" : $"--chown={copy.Owner} ")
            + (copy.Mode is null ? "" : $"--chmod={copy.Mode} ")
            + (instruction.Link ? "--link " : "");
        Emit(stage, instruction, $"{instruction.Word} {flags}{string.Join(' ', names)} {written} # buildkit", changesTree: true, isTrigger);
    }

    async Task<List<FileAction>> CopiedAsync(StageState stage, CopyRequest copy, List<string> words) =>
        words.Count == 0
            ? []
            : [copy.Action(await FromAsync(stage, copy.Instruction.From), Paths(words, copy.Instruction.Parents), unpack: false)];

    static IReadOnlyList<string> Paths(IEnumerable<string> words, bool keepPivot = false) =>
        [.. words.Select(w => CopyPaths.Source(w, keepPivot))];

    // ADD takes each source from where it says: a repository, a server, the context.
    List<FileAction> Added(CopyRequest copy, List<string> words)
    {
        var remote = words.FindAll(CopyPaths.IsRemote);
        if (copy.Checksum is not null && remote.Count == 0)
            throw new InstructionException("checksum can only be specified for HTTP(S) and git sources", "--checksum");
        if (copy.Checksum is not null && words.Count > 1)
            throw new InstructionException("checksum can't be specified for multiple sources", "--checksum");
        if (remote.Count == 0)
            return words.Count == 0 ? [] : [FromContext(words)];
        return [.. words.Select(w => CopyPaths.IsRemote(w) ? Downloaded(copy, w) : FromContext([w]))];

        CopyAction FromContext(List<string> paths) => copy.Action(sources.Context, Paths(paths), copy.Instruction.Unpack ?? true);
    }

    CopyAction Downloaded(CopyRequest copy, string address)
    {
        if (Sources.Git.GitAddress.Parse(address) is { } git)
        {
            var repository = sources.Repository(git, copy.Instruction.KeepGitDirectory ?? false, copy.Checksum);
            return copy.Action(repository, ["/"], unpack: false);
        }
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri))
            throw new InstructionException($"invalid URL: {address}", address);
        Digest? checksum =
            copy.Checksum is null ? null
            : Digest.TryParse(copy.Checksum, out var parsed) ? parsed
            : throw new InstructionException("invalid checksum digest format", copy.Checksum);
        var name =
            CopyPaths.FileName(uri, copy.Destination)
            ?? throw new InstructionException($"cannot determine filename from url: {address}", address);
        var unpack = copy.Instruction.Unpack ?? false;
        // Only what is fetched without a name of its own would have to be unpacked by its content alone.
        return copy.Action(sources.File(uri, name, checksum), ["/" + name], unpack) with { Mode = copy.Mode ?? (unpack ? null : "0600") };
    }

    WriteAction Document(StageState stage, CopyRequest copy, Dockerfiles.Lines.Heredoc heredoc)
    {
        var text = heredoc.Expands ? _bodies.Expand(heredoc.Text, name => stage.Variables[name]) : heredoc.Text;
        return new WriteAction
        {
            Destination = copy.Destination,
            FileName = heredoc.Name,
            Content = Encoding.UTF8.GetBytes(text),
            Owner = copy.Owner,
            Mode = copy.Mode,
        };
    }

    /// <summary>What --from means: a stage, a context of --build-context, an image; null is the main context.</summary>
    async Task<Vertex> FromAsync(StageState stage, string? name)
    {
        if (name is null)
            return sources.Context;
        if (stages.From(name) is { } other)
            return other.Tree;
        var image = name;
        if (input.NamedContexts.TryGetValue(name.ToLowerInvariant(), out var context))
        {
            if (!context.Address.StartsWith(ImageScheme, StringComparison.Ordinal))
                return sources.Named(name.ToLowerInvariant(), context);
            image = context.Address[ImageScheme.Length..];
        }
        if (name == "context")
            return sources.Context;
        if (name == "scratch")
            return sources.Scratch;
        return await sources.ImageAsync(image, stage.Platform, "FROM " + Reference(image));
    }

    void Workdir(StageState stage, WorkdirInstruction instruction, bool isTrigger)
    {
        var directory = _configuration.WorkingDirectory(stage, instruction);
        var name = StepName(stage, instruction.Heading.Text);
        if (directory != "/")
            stage.Tree = Pooled(
                new FileStep
                {
                    Name = name,
                    Base = stage.Tree,
                    IgnoreCache = IgnoresCache(stage),
                    Actions = [new MakeDirectoryAction { Path = directory, Owner = stage.Config.User }],
                }
            );
        Emit(stage, instruction, "WORKDIR " + directory, changesTree: directory != "/", isTrigger);
    }

    // Octal digits, or symbols as chmod(1) takes them; what is neither is a mistake of the file.
    static string FileMode(string mode, string written) =>
        mode.Length is > 0 and <= 5 && !mode.AsSpan().ContainsAnyExceptInRange('0', '7') || SymbolicMode().IsMatch(mode)
            ? mode
            : throw new InstructionException(
                $"invalid chmod parameter: '{mode}'. it should be octal string and between 0 and 07777",
                written
            );

    // Clauses of who, and at least one operator with what: no character can be read in two ways.
    [GeneratedRegex(@"\A[ugoa]*[-+=][-+=rwxXstugo]*(?:,[ugoa]*[-+=][-+=rwxXstugo]*)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex SymbolicMode();
}
