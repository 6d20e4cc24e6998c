using Pier.Linux.Files;
using Pier.Model;
using Pier.Store.Layers;
using Pier.Store.Tar;
using Pier.Store.Trees;

namespace Pier.Store.Builds;

/// <summary>A tree that leaves the store with others: in a directory of its own, or ("") with theirs in one.</summary>
/// <param name="Origin">What errors call it: "linux/arm64".</param>
public sealed record ExportedTree(string Directory, string Origin, SourceTree Tree);

/// <summary>Writes whole trees as a tar.</summary>
public static class TreeExport
{
    /// <summary>
    /// Names have no slash before them. Every time is <paramref name="date"/>, unless that is null. Throws
    /// <see cref="InvalidParameterException"/> when two trees have different things under one name.
    /// </summary>
    public static void Write(IReadOnlyList<ExportedTree> trees, Stream output, DateTimeOffset? date, CancellationToken ct) =>
        Border.Cross(() =>
        {
            using var awaited = new AwaitedWriteStream(output, ct);
            var tar = new TarWriter(awaited);
            var names = trees.Count(t => t.Directory.Length == 0) > 1 ? new ExportedNames() : null;
            foreach (var tree in trees)
                Write(tar, tree, names, date is { } time ? FileTime.Of(time) : null, ct);
            tar.Finish();
            awaited.Flush();
        });

    static void Write(TarWriter tar, ExportedTree from, ExportedNames? names, FileTime? date, CancellationToken ct)
    {
        var archive = new TreeArchive(tar, ct) { Date = date };
        if (from.Directory.Length > 0)
            tar.Write(
                new TarEntry
                {
                    Name = from.Directory + "/",
                    Kind = TarKind.Directory,
                    Mode = 0x1ED,
                    Modified = date ?? default,
                }
            );
        TreeWalk.Visit(
            from.Tree.Root,
            (parent, name, path, stat) =>
            {
                if (names?.IsNew(path, stat.IsDirectory, from.Origin) != false)
                    archive.Add(parent, name, stat, from.Directory.Length > 0 ? $"{from.Directory}/{path}" : path);
                return true;
            },
            ct
        );
    }
}

/// <summary>The names of trees that leave for one directory.</summary>
public sealed class ExportedNames
{
    readonly Dictionary<string, (bool IsDirectory, string Origin)> _names = new(StringComparer.Ordinal);

    /// <summary>
    /// False for a directory that is there already. Throws <see cref="InvalidParameterException"/> for anything else that is.
    /// </summary>
    public bool IsNew(string path, bool isDirectory, string origin)
    {
        if (_names.TryAdd(path, (isDirectory, origin)))
            return true;
        var other = _names[path];
        return isDirectory && other.IsDirectory
            ? false
            : throw new InvalidParameterException(
                $"cannot overwrite {path} from {other.Origin} with {origin} when split option is disabled"
            );
    }
}
