using Pier.Model.Builds;
using Pier.Store.Contexts;

namespace Pier.Engine.Builds.Sessions;

/// <summary>Built trees as a session takes them: one as it is (its directory is ""), several in a directory each. Owns them.</summary>
public sealed class OutputSender : IDirectorySender, IDisposable
{
    const uint Directory = 0x41ED;

    readonly (string Directory, OutputTree Tree)[] _trees;

    internal OutputSender((string Directory, OutputTree Tree)[] trees) =>
        _trees = [.. trees.OrderBy(t => t.Directory, StringComparer.Ordinal)];

    public IEnumerable<FileEntry> Entries =>
        _trees.SelectMany(t => t.Directory.Length == 0 ? t.Tree.Entries() : Below(t.Directory, t.Tree));

    public Stream OpenContent(FileEntry entry)
    {
        if (_trees is [("", var only)])
            return only.OpenContent(entry);
        var slash = entry.Path.IndexOf('/');
        return _trees.First(t => t.Directory == entry.Path[..slash]).Tree.OpenContent(entry with { Path = entry.Path[(slash + 1)..] });
    }

    static IEnumerable<FileEntry> Below(string directory, OutputTree tree)
    {
        yield return new FileEntry { Path = directory, Mode = Directory };
        foreach (var entry in tree.Entries())
        {
            var isLink = entry.LinkTarget.Length > 0 && (entry.Mode & 0xF000) == 0x8000;
            yield return entry with
            {
                Path = $"{directory}/{entry.Path}",
                LinkTarget = isLink ? $"{directory}/{entry.LinkTarget}" : entry.LinkTarget,
            };
        }
    }

    public void Dispose()
    {
        foreach (var (_, tree) in _trees)
            tree.Dispose();
    }
}
