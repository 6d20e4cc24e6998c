using System.Formats.Tar;

namespace Pier.Cli.Containers.Copying;

/// <summary>
/// Unpacks a container's tar into the local file system. The tar is the container's word: nothing is written outside the target directory,
/// and through no link that the tar itself made.
/// </summary>
sealed class LocalTarget(string directory, CopyPlan plan)
{
    const UnixFileMode Permissions = (UnixFileMode)0xFFF;

    readonly List<(string Path, UnixFileMode Mode, DateTimeOffset Modified)> _directories = [];

    /// <summary>Looks at a local destination; a missing parent is an error.</summary>
    public static CopyEnd Look(string path)
    {
        var full = CopyPath.NamesDirectory(path) ? path : CopyPath.Clean(path);
        if (Directory.Exists(full))
            return new CopyEnd(path, true, true);
        var parent = Path.GetDirectoryName(Path.GetFullPath(CopyPath.Clean(path)));
        if (parent is not null && !Directory.Exists(parent))
            throw new CliFailure($"invalid output path: directory \"{CopyPath.SplitEntry(path).Directory}\" does not exist");
        return new CopyEnd(path, File.Exists(full), false);
    }

    /// <summary>Unpacks; answers the bytes of all files.</summary>
    public long Unpack(Stream archive, string? oldTop, string? newTop)
    {
        long bytes = 0;
        using var tar = new TarReader(archive, leaveOpen: true);
        while (tar.GetNextEntry() is { } entry)
        {
            string Renamed(string name) => plan.Rename(oldTop is null ? name : CopyPlan.Rename(name, oldTop, newTop!));
            if (TryPlace(Renamed(entry.Name), out var path))
                bytes += Write(entry, path, () => Place(Renamed(entry.LinkName)));
        }
        for (var i = _directories.Count - 1; i >= 0; i--)
        {
            var (path, mode, modified) = _directories[i];
            Directory.SetLastWriteTimeUtc(path, modified.UtcDateTime);
            File.SetUnixFileMode(path, mode);
        }
        return bytes;
    }

    long Write(TarEntry entry, string path, Func<string> linked)
    {
        Replace(entry, path);
        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                Directory.CreateDirectory(path);
                // Last of all: a directory may be read-only, and its time changes with every name in it.
                _directories.Add((path, entry.Mode & Permissions, entry.ModificationTime));
                return 0;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                return WriteFile(entry, path);
            case TarEntryType.SymbolicLink:
                File.CreateSymbolicLink(path, entry.LinkName);
                return 0;
            case TarEntryType.HardLink:
                Link(linked(), path);
                return 0;
            case TarEntryType.CharacterDevice or TarEntryType.BlockDevice or TarEntryType.Fifo:
                entry.ExtractToFile(path, overwrite: false);
                return 0;
            default:
                return 0;
        }
    }

    static long WriteFile(TarEntry entry, string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var file = new FileStream(path, options))
            entry.DataStream?.CopyTo(file, 256 * 1024);
        File.SetLastWriteTimeUtc(path, entry.ModificationTime.UtcDateTime);
        File.SetUnixFileMode(path, entry.Mode & Permissions);
        return entry.Length;
    }

    // The client makes no system calls of its own: the framework's extractor makes the link, from an archive of one entry.
    void Link(string target, string path)
    {
        var root = Path.GetFullPath(directory);
        using var archive = new MemoryStream();
        using (var tar = new TarWriter(archive, TarEntryFormat.Pax, leaveOpen: true))
            tar.WriteEntry(
                new PaxTarEntry(TarEntryType.HardLink, Path.GetRelativePath(root, path)) { LinkName = Path.GetRelativePath(root, target) }
            );
        archive.Position = 0;
        try
        {
            TarFile.ExtractToDirectory(archive, root, overwriteFiles: true);
        }
        catch (IOException)
        {
            // A file system without hard links.
            File.Copy(target, path, overwrite: true);
        }
    }

    static void Replace(TarEntry entry, string path)
    {
        var old = new FileInfo(path);
        var isDirectory = old.LinkTarget is null && Directory.Exists(path);
        if (entry.EntryType == TarEntryType.Directory)
        {
            if (!isDirectory && (old.Exists || old.LinkTarget is not null))
                throw new CliFailure($"cannot overwrite non-directory \"{path}\" with directory \"{path}\"");
            return;
        }
        if (isDirectory)
            throw new CliFailure($"cannot overwrite directory \"{path}\" with non-directory \"{path}\"");
        if (old.Exists || old.LinkTarget is not null)
            File.Delete(path);
    }

    string Place(string name) => TryPlace(name, out var path) ? path : directory;

    /// <summary>False for the target directory itself.</summary>
    bool TryPlace(string name, out string path)
    {
        path = Path.GetFullPath(directory);
        var parts = CopyPath.Clean("/" + name).Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (name.Split('/').Contains(".."))
            throw new CliFailure($"\"{name}\" is outside of \"{directory}\"");
        for (var i = 0; i < parts.Length; i++)
        {
            path = Path.Combine(path, parts[i]);
            if (i == parts.Length - 1)
                break;
            // A link on the way was made by the archive, or stands where a directory is to be: neither is followed.
            if (new FileInfo(path).LinkTarget is not null)
                throw new CliFailure($"refusing to copy through the symbolic link \"{path}\"");
            Directory.CreateDirectory(path);
        }
        return parts.Length > 0;
    }
}
