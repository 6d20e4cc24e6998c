using Pier.Model.Builds;

namespace Pier.Cli.Builds.Sessions;

/// <summary>
/// A directory of this machine on its way to the daemon: what the daemon wants of it, without what it excludes. Everything is root's: who
/// owns a file here is nobody's business there.
/// </summary>
sealed class SharedDirectory : IDirectorySender
{
    const uint Regular = 0x8000,
        Directory = 0x4000,
        Symlink = 0xA000;

    readonly string _root;
    readonly IgnoreMatcher _excluded;
    readonly IgnoreMatcher? _wanted;

    public SharedDirectory(string root, IReadOnlyList<string> excludes, IReadOnlyList<string> followPaths)
    {
        _root = root;
        _excluded = new IgnoreMatcher(excludes);
        // What a link leads to is wanted as well; rather than to find it, everything is sent.
        _wanted = followPaths.Count == 0 || followPaths.Any(IsLinked) ? null : new IgnoreMatcher(followPaths);
    }

    public IEnumerable<FileEntry> Entries => Below(new DirectoryInfo(_root), "", []);

    public Stream OpenContent(FileEntry entry) =>
        entry.Size == 0
            // Pipes and devices look like empty files from here, and would be waited for.
            ? Stream.Null
            : new FileStream(Path.Combine(_root, entry.Path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);

    // Directories go out once something in them does, so that what nobody wants leaves no trace.
    IEnumerable<FileEntry> Below(DirectoryInfo directory, string prefix, List<FileEntry> untold)
    {
        foreach (var child in directory.EnumerateFileSystemInfos().OrderBy(c => c.Name, StringComparer.Ordinal))
        {
            var path = prefix + child.Name;
            var isDirectory = child is DirectoryInfo && child.LinkTarget is null;
            var excluded = _excluded.Excludes(path);
            var told = !excluded && (_wanted?.Excludes(path) ?? true);
            if (told)
            {
                foreach (var parent in untold)
                    yield return parent;
                untold.Clear();
                yield return Describe(child, path, isDirectory);
            }
            if (!isDirectory || (excluded && _excluded.CanSkip(path)))
                continue;
            List<FileEntry> above = told ? [] : [.. untold, Describe(child, path, isDirectory)];
            var before = above.Count;
            foreach (var entry in Below((DirectoryInfo)child, path + "/", above))
                yield return entry;
            if (above.Count < before)
                untold.Clear();
        }
    }

    static FileEntry Describe(FileSystemInfo file, string path, bool isDirectory) =>
        new()
        {
            Path = path,
            Mode = file.LinkTarget is not null ? Symlink | 0x1FF : (isDirectory ? Directory : Regular) | (uint)file.UnixFileMode,
            Size = file.LinkTarget is null && file is FileInfo info ? info.Length : 0,
            ModifiedAt = (file.LastWriteTimeUtc - DateTime.UnixEpoch).Ticks * 100,
            LinkTarget = file.LinkTarget ?? "",
        };

    bool IsLinked(string path)
    {
        var at = _root;
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.AsSpan().ContainsAny('*', '?', '['))
                return System.IO.Directory.Exists(at)
                    && new DirectoryInfo(at).EnumerateFileSystemInfos().Any(f => f.LinkTarget is not null);
            at = Path.Combine(at, part);
            if (new FileInfo(at).LinkTarget is not null)
                return true;
        }
        return false;
    }
}
