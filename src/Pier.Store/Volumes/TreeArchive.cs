using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Files;
using Pier.Store.Tar;

namespace Pier.Store.Volumes;

/// <summary>Writes a live tree as a tar stream. What goes away while it is read is left out; sockets have no place in a tar.</summary>
sealed class TreeArchive(Stream target, CancellationToken ct)
{
    readonly TarWriter _tar = new(target);
    readonly Dictionary<(uint, uint, ulong), string> _linked = [];

    /// <summary>The directory itself as "./", then everything below in the order of names.</summary>
    internal void Write(SafeFileHandle root)
    {
        _tar.Write(Describe(FileStat.Of(root), root, ".", "./") with { Kind = TarKind.Directory });
        Directory(root, "./");
        _tar.Finish();
    }

    void Directory(SafeFileHandle directory, string path)
    {
        foreach (var entry in DirectoryReader.Read(directory).OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                if (FileStat.Find(directory, entry.Name) is { } stat)
                    Entry(directory, entry.Name, path + entry.Name, stat);
            }
            catch (LinuxException e) when (e.Errno == Errno.ENOENT) { }
        }
    }

    void Entry(SafeFileHandle directory, string name, string path, FileStat stat)
    {
        if (stat.Type == ModeBits.Socket)
            return;
        if (stat.IsDirectory)
        {
            using var below = At.Open(directory, name, OpenFlags.Directory | OpenFlags.NoFollow);
            _tar.Write(Describe(stat, directory, name, path + "/"));
            Directory(below, path + "/");
            return;
        }
        var entry = Describe(stat, directory, name, path);
        if (stat.Links > 1 && !_linked.TryAdd(stat.Identity, path))
            _tar.Write(entry with { Kind = TarKind.HardLink, LinkName = _linked[stat.Identity], Size = 0 });
        else if (stat.IsRegular)
            File(directory, name, entry);
        else
            _tar.Write(entry);
    }

    void File(SafeFileHandle directory, string name, TarEntry entry)
    {
        using var file = At.Open(directory, name, OpenFlags.ReadOnly | OpenFlags.NoFollow);
        // The length that is promised is the open file's; one that shrinks meanwhile is an error, one that grows is cut.
        entry = entry with
        {
            Size = FileStat.Of(file).Size,
        };
        using var content = new FileStream(file, FileAccess.Read, bufferSize: 0);
        _tar.Write(entry, content);
    }

    static TarEntry Describe(FileStat stat, SafeFileHandle directory, string name, string path) =>
        new()
        {
            Name = path,
            Kind = stat.Type switch
            {
                ModeBits.Directory => TarKind.Directory,
                ModeBits.Symlink => TarKind.Symlink,
                ModeBits.CharDevice => TarKind.CharDevice,
                ModeBits.BlockDevice => TarKind.BlockDevice,
                ModeBits.Fifo => TarKind.Fifo,
                _ => TarKind.Regular,
            },
            Mode = stat.Mode & ModeBits.PermissionMask,
            Uid = stat.Uid,
            Gid = stat.Gid,
            Size = stat.IsRegular ? stat.Size : 0,
            Modified = stat.Modify,
            LinkName = stat.IsSymlink ? At.ReadLink(directory, name) : "",
            DeviceMajor = stat.RdevMajor,
            DeviceMinor = stat.RdevMinor,
            Xattrs = Attributes(directory, name),
        };

    static Dictionary<string, byte[]>? Attributes(SafeFileHandle directory, string name)
    {
        var names = Xattrs.List(directory, name);
        if (names.Count == 0)
            return null;
        var attributes = new Dictionary<string, byte[]>();
        foreach (var attribute in names)
            if (Xattrs.Get(directory, name, attribute) is { } value)
                attributes[attribute] = value;
        return attributes;
    }
}
