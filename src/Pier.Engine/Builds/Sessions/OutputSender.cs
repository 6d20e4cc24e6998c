using Pier.Model.Builds;
using Pier.Store.Builds;
using Pier.Store.Contexts;

namespace Pier.Engine.Builds.Sessions;

/// <summary>
/// Built trees as a session takes them: each in a directory of its own, or ("") all in one, which they must not quarrel about. Owns them.
/// </summary>
public sealed class OutputSender : IDirectorySender, IDisposable
{
    const uint Directory = 0x41ED;
    const long Billion = 1_000_000_000;

    readonly IReadOnlyList<(string Directory, string Origin, OutputTree Tree)> _trees;
    readonly Dictionary<string, OutputTree> _owners = new(StringComparer.Ordinal);
    readonly long _date;

    /// <param name="date">The time of the directories; null for now.</param>
    internal OutputSender(IEnumerable<(string Directory, string Origin, OutputTree Tree)> trees, DateTimeOffset? date)
    {
        _trees = [.. trees.OrderBy(t => t.Directory, StringComparer.Ordinal)];
        _date = (date ?? DateTimeOffset.UtcNow).ToUnixTimeSeconds() * Billion;
    }

    public IEnumerable<FileEntry> Entries =>
        _trees.Count > 1 && _trees.All(t => t.Directory.Length == 0)
            ? Merged()
            : _trees.SelectMany(t => t.Directory.Length == 0 ? t.Tree.Entries() : Below(t.Directory, t.Tree));

    public Stream OpenContent(FileEntry entry)
    {
        if (_trees is [("", _, var only)])
            return only.OpenContent(entry);
        if (_owners.TryGetValue(entry.Path, out var owner))
            return owner.OpenContent(entry);
        var slash = entry.Path.IndexOf('/');
        return _trees.First(t => t.Directory == entry.Path[..slash]).Tree.OpenContent(entry with { Path = entry.Path[(slash + 1)..] });
    }

    IEnumerable<FileEntry> Below(string directory, OutputTree tree)
    {
        yield return new FileEntry
        {
            Path = directory,
            Mode = Directory,
            ModifiedAt = _date,
        };
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

    // The journey wants one order, and parents before children: each tree has them so, and the first of what they have next goes on.
    IEnumerable<FileEntry> Merged()
    {
        var names = new ExportedNames();
        var next = _trees
            .Select(t => (t.Origin, t.Tree, Entries: t.Tree.Entries().GetEnumerator()))
            .Where(t => t.Entries.MoveNext())
            .ToList();
        while (next.Count > 0)
        {
            var first = next.MinBy(t => t.Entries.Current.Path, PathOrder.Instance);
            var entry = first.Entries.Current;
            if (names.IsNew(entry.Path, (entry.Mode & 0xF000) == 0x4000, first.Origin))
            {
                _owners[entry.Path] = first.Tree;
                yield return entry;
            }
            if (!first.Entries.MoveNext())
                next.Remove(first);
        }
    }

    public void Dispose()
    {
        foreach (var (_, _, tree) in _trees)
            tree.Dispose();
    }

    // Names by their code units, one after the other: "a/b" comes before "a-b".
    sealed class PathOrder : IComparer<string>
    {
        public static PathOrder Instance { get; } = new();

        public int Compare(string? one, string? other) => string.CompareOrdinal(one?.Replace('/', '\0'), other?.Replace('/', '\0'));
    }
}
