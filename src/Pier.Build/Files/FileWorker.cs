using Pier.Build.Graph;
using Pier.Model;
using Pier.Store.Builds;

namespace Pier.Build.Files;

/// <summary>Does the actions of a <see cref="FileStep"/> in a tree, by Docker's rules for COPY, ADD and WORKDIR.</summary>
/// <param name="names">The tree whose passwd and group files know the names of --chown.</param>
sealed class FileWorker(TargetTree target, SourceTree names, Func<Vertex, SourceTree> sources, CancellationToken ct)
{
    static readonly (uint, uint) Root = (0, 0);

    public void Do(FileAction action)
    {
        ct.ThrowIfCancellationRequested();
        switch (action)
        {
            case MakeDirectoryAction make:
                target.MakeDirectories(make.Path, OwnerOf(make) ?? Root);
                break;
            case WriteAction write:
                Write(write);
                break;
            case CopyAction copy:
                Copy(copy);
                break;
        }
    }

    void Write(WriteAction write)
    {
        var mode = write.Mode is null ? 0x1A4 : ModeChange.Parse(write.Mode)(0x1A4, false);
        target.Write(FilePath(write.Destination, write.FileName), write.Content, OwnerOf(write) ?? Root, mode);
    }

    void Copy(CopyAction copy)
    {
        var source = sources(copy.From);
        // What a client sent is root's already; what comes from another tree keeps its owners, as in Docker.
        var look = new CopyLook(OwnerOf(copy), copy.Mode is null ? null : ModeChange.Parse(copy.Mode));
        var paths = copy.Sources.SelectMany(s => Expand(source, s, copy)).ToList();
        if (paths.Count == 0)
            throw new InvalidParameterException($"{copy.Instruction} failed: no source files were specified");
        if (paths.Count > 1 && !IsDirectoryName(copy.Destination))
            throw new InvalidParameterException(
                $"When using {copy.Instruction} with more than one source file, the destination must be a directory and end with a /"
            );
        var filter = copy.Excludes.Count > 0 ? ExcludeFilter.Of(copy.Excludes) : null;
        foreach (var (path, below) in paths)
        {
            ct.ThrowIfCancellationRequested();
            CopyOne(copy, source, path, below, look, filter);
        }
    }

    void CopyOne(CopyAction copy, SourceTree source, string path, string below, CopyLook look, TreeFilter? filter)
    {
        var entry = source.Find(path) ?? throw Missing(copy, path);
        var destination = copy.KeepParents ? KeepParents(copy, source, path, below, look) : copy.Destination;
        if (entry.IsDirectory)
        {
            target.CopyDirectory(source, path, copy.KeepParents ? SourceGlob.Join(destination, Name(path)) : destination, look, filter);
            return;
        }
        if (filter?.Leaves(Name(path), false) == true)
            return;
        if (copy.Unpack && entry.IsRegular && target.TryUnpack(source, path, destination, look))
            return;
        target.CopyFile(
            source,
            path,
            copy.KeepParents ? SourceGlob.Join(destination, Name(path)) : FilePath(destination, Name(path)),
            look
        );
    }

    // The directories of the source's path (from "/./" on, if it has one) are made below the destination; the answer is the last of them.
    string KeepParents(CopyAction copy, SourceTree source, string path, string below, CopyLook look)
    {
        var destination = SourceGlob.Clean(copy.Destination);
        target.MakeDirectories(destination, look.Owner ?? Root);
        var at = below.Length > 1 ? below : "";
        var rest = path[at.Length..].Trim('/').Split('/');
        foreach (var part in rest[..^1])
        {
            (at, destination) = ($"{at}/{part}", SourceGlob.Join(destination, part));
            target.CopyParents(source, at, destination, look);
        }
        if (rest[^1].Length > 0 && source.Find(path) is { IsDirectory: true })
            target.CopyParents(source, path, SourceGlob.Join(destination, rest[^1]), look);
        return destination;
    }

    // Each path, and the directory that its parents are counted from.
    static IEnumerable<(string Path, string Below)> Expand(SourceTree source, string pattern, CopyAction copy)
    {
        var pivot = copy.KeepParents ? pattern.IndexOf("/./", StringComparison.Ordinal) : -1;
        var below = pivot < 0 ? "/" : SourceGlob.Clean(pattern[..pivot]);
        return SourceGlob.Expand(source, pattern).Select(path => (path, below));
    }

    // Where a file lands: in the destination when that is or is called a directory, or under the destination's own name.
    string FilePath(string destination, string name)
    {
        if (!IsDirectoryName(destination) && target.Reader.Find(destination) is not { IsDirectory: true })
            return destination;
        return SourceGlob.Join(SourceGlob.Clean(destination), name);
    }

    static bool IsDirectoryName(string destination) =>
        destination.EndsWith('/') || destination.EndsWith("/.", StringComparison.Ordinal) || destination == ".";

    static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];

    (uint, uint)? OwnerOf(FileAction action) => action.Owner.Length == 0 ? null : OwnerLookup.Find(names, action.Owner);

    static NotFoundException Missing(CopyAction copy, string path) =>
        new(
            copy.From is LocalSource
                ? $"{copy.Instruction} failed: file not found in build context or excluded by .dockerignore: stat {path.TrimStart('/')}: file does not exist"
                : $"{copy.Instruction} failed: stat {path}: file does not exist"
        );
}
