using System.Formats.Tar;

namespace Pier.Cli.Containers.Copying;

/// <summary>A local file or directory as a tar, named from its last part on.</summary>
sealed class LocalSource
{
    readonly string _path;
    readonly FileSystemInfo _info;

    LocalSource(string path, FileSystemInfo info, CopyEnd end)
    {
        _path = path;
        _info = info;
        End = end;
    }

    public CopyEnd End { get; }

    /// <summary>Looks at a path; with <paramref name="follow"/>, or a slash at its end, a link is followed and keeps its name.</summary>
    public static LocalSource Open(string path, bool follow)
    {
        var clean = CopyPath.Clean(path);
        var info = Find(clean) ?? throw new CliFailure($"lstat {clean}: no such file or directory");
        string? rebase = null;
        if (info.LinkTarget is not null && (follow || CopyPath.NamesDirectory(path)))
        {
            if (!CopyPath.NamesContent(path))
                rebase = info.Name;
            try
            {
                info = info.ResolveLinkTarget(returnFinalTarget: true) is { Exists: true } target
                    ? target
                    : throw new CliFailure($"stat {clean}: no such file or directory");
            }
            catch (IOException)
            {
                throw new CliFailure($"stat {clean}: too many levels of symbolic links");
            }
        }
        var isDirectory = info is DirectoryInfo && info.LinkTarget is null;
        if (!isDirectory && CopyPath.NamesDirectory(path))
            throw new CliFailure($"not a directory: {path}");
        return new LocalSource(info.FullName, info, new CopyEnd(path, true, isDirectory, rebase));
    }

    /// <summary>Writes the tar, its top renamed by the plan; answers the bytes of all files.</summary>
    public long Write(Stream output, CopyPlan plan)
    {
        var top = plan.Rename(End.RebaseName ?? CopyPath.SplitEntry(End.Path).Base);
        if (top == "/")
            top = "";
        using var tar = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true);
        return WriteTree(tar, _info, _path, top);
    }

    static long WriteTree(TarWriter tar, FileSystemInfo info, string path, string name)
    {
        if (name.Length > 0 && !TryWrite(tar, path, name))
            return 0;
        if (info is not DirectoryInfo directory || info.LinkTarget is not null)
            return info is FileInfo { LinkTarget: null } file ? file.Length : 0;
        long bytes = 0;
        foreach (var child in directory.EnumerateFileSystemInfos().OrderBy(c => c.Name, StringComparer.Ordinal))
            bytes += WriteTree(tar, child, child.FullName, name.Length == 0 ? child.Name : $"{name}/{child.Name}");
        return bytes;
    }

    // A socket has no place in a tar: docker leaves it out as well.
    static bool TryWrite(TarWriter tar, string path, string name)
    {
        try
        {
            tar.WriteEntry(path, name);
            return true;
        }
        catch (IOException e)
            when (e.InnerException is null && Path.Exists(path) && !Directory.Exists(path) && new FileInfo(path).Length == 0)
        {
            return false;
        }
    }

    static FileSystemInfo? Find(string path)
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is not null)
            return Directory.Exists(path) ? new DirectoryInfo(path) : file;
        if (Directory.Exists(path))
            return new DirectoryInfo(path);
        return file.Exists ? file : null;
    }
}
