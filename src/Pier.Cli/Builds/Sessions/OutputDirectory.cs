using Pier.Model.Builds;

namespace Pier.Cli.Builds.Sessions;

/// <summary>
/// A build's result as files in a directory of this machine, over what is there. The daemon's word is not taken for it that they belong
/// there: names are checked, and nothing is written through a link.
/// </summary>
sealed class OutputDirectory(string root) : IDirectoryReceiver
{
    public bool Offer(FileEntry entry)
    {
        var path = Locate(entry.Path);
        switch (entry.Mode & 0xF000)
        {
            case 0x4000:
                if (File.Exists(path) || new FileInfo(path).LinkTarget is not null)
                    File.Delete(path);
                Directory.CreateDirectory(path, (UnixFileMode)(entry.Mode & 0x1FF) | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                _times.Add((path, entry.ModifiedAt));
                return false;
            case 0xA000:
                Remove(path);
                File.CreateSymbolicLink(path, entry.LinkTarget);
                return false;
            case 0x8000 when entry.LinkTarget.Length > 0:
                Remove(path);
                // Its content is there by the end of the transfer, not now: a copy of the name is made then.
                _links.Add((path, Locate(entry.LinkTarget)));
                return false;
            case 0x8000:
                return true;
            default:
                // Devices, pipes and sockets are not for this machine.
                return false;
        }
    }

    readonly List<(string Path, string Target)> _links = [];
    readonly List<(string Path, long ModifiedAt)> _times = [];

    public Stream OpenContent(FileEntry entry)
    {
        var path = Locate(entry.Path);
        Remove(path);
        _times.Add((path, entry.ModifiedAt));
        return new FileStream(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = (UnixFileMode)(entry.Mode & 0xFFF),
                BufferSize = 0,
            }
        );
    }

    /// <summary>Everything has arrived.</summary>
    public void Complete()
    {
        foreach (var (path, target) in _links)
            File.Copy(target, path);
        // Directories last: what came into them has moved their times.
        foreach (var (path, time) in _times.OrderByDescending(t => t.Path, StringComparer.Ordinal))
            File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddTicks(time / 100));
    }

    string Locate(string path)
    {
        var at = root;
        var parts = path.Split('/');
        if (path.Contains('\0') || parts.Any(p => p is "" or "." or ".."))
            throw new CliFailure($"the daemon sent a file with an invalid name: {path}");
        foreach (var parent in parts[..^1])
        {
            at = Path.Combine(at, parent);
            if (new DirectoryInfo(at) is not { Exists: true, LinkTarget: null })
                throw new CliFailure($"the daemon sent a file whose directory is none: {path}");
        }
        return Path.Combine(at, parts[^1]);
    }

    static void Remove(string path)
    {
        if (new FileInfo(path).LinkTarget is null && Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        else
            File.Delete(path);
    }
}
