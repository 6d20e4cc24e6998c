using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Files;
using Pier.Store.Tar;

namespace Pier.Store.Trees;

/// <summary>
/// Puts files of a tree into a tar with all that belongs to them: owner, mode, time, attributes, device numbers, hard links among them. The
/// tree may be a running container's: a file that is swapped for a link or a device while it is looked at is never opened.
/// </summary>
sealed class TreeArchive(TarWriter tar, CancellationToken ct, Func<uint, uint, (uint Uid, uint Gid)>? inside = null)
{
    readonly Dictionary<(uint, uint, ulong), string> _linked = [];

    /// <summary>The time of everything; null for each file's own.</summary>
    internal FileTime? Date { get; init; }

    /// <summary>
    /// Adds what <paramref name="directory"/> has under a name, as <paramref name="entryName"/>; sockets have no place in a tar.
    /// </summary>
    internal void Add(SafeFileHandle directory, string name, FileStat stat, string entryName)
    {
        ct.ThrowIfCancellationRequested();
        switch (stat.Type)
        {
            case ModeBits.Regular:
                AddRegular(directory, name, entryName);
                break;
            case ModeBits.Directory:
                tar.Write(Entry(TarKind.Directory, directory, name, stat, entryName + "/"));
                break;
            case ModeBits.Symlink:
                tar.Write(Entry(TarKind.Symlink, directory, name, stat, entryName) with { LinkName = At.ReadLink(directory, name) });
                break;
            case ModeBits.CharDevice or ModeBits.BlockDevice or ModeBits.Fifo when !IsLinked(stat, entryName):
                tar.Write(Entry(KindOf(stat), directory, name, stat, entryName));
                break;
        }
    }

    // The path descriptor decides what is opened: a device would act when it is opened, a fifo would wait for its other end.
    void AddRegular(SafeFileHandle directory, string name, string entryName)
    {
        using var held = At.Open(directory, name, OpenFlags.Path | OpenFlags.NoFollow);
        var stat = FileStat.Of(held);
        if (!stat.IsRegular || IsLinked(stat, entryName))
            return;
        var entry = Entry(TarKind.Regular, directory, name, stat, entryName) with { Size = stat.Size };
        using var file = At.Open(At.WorkingDirectory, At.FdPath(held), OpenFlags.ReadOnly | OpenFlags.NonBlocking);
        using var data = new LiveFile(file);
        tar.Write(entry, data);
    }

    // A file's second name is a link to its first.
    bool IsLinked(FileStat stat, string entryName)
    {
        if (stat.Links < 2 || _linked.TryAdd(stat.Identity, entryName))
            return false;
        tar.Write(
            new TarEntry
            {
                Name = entryName,
                Kind = TarKind.HardLink,
                LinkName = _linked[stat.Identity],
                Mode = stat.Mode & ModeBits.PermissionMask,
                Uid = OwnerOf(stat).Uid,
                Gid = OwnerOf(stat).Gid,
                Modified = Date ?? stat.Modify,
            }
        );
        return true;
    }

    (uint Uid, uint Gid) OwnerOf(FileStat stat) => inside?.Invoke(stat.Uid, stat.Gid) ?? (stat.Uid, stat.Gid);

    TarEntry Entry(TarKind kind, SafeFileHandle directory, string name, FileStat stat, string entryName) =>
        new()
        {
            Name = entryName,
            Kind = kind,
            Mode = stat.Mode & ModeBits.PermissionMask,
            Uid = OwnerOf(stat).Uid,
            Gid = OwnerOf(stat).Gid,
            Modified = Date ?? stat.Modify,
            DeviceMajor = kind is TarKind.CharDevice or TarKind.BlockDevice ? stat.RdevMajor : 0,
            DeviceMinor = kind is TarKind.CharDevice or TarKind.BlockDevice ? stat.RdevMinor : 0,
            Xattrs = Attributes(directory, name),
        };

    static TarKind KindOf(FileStat stat) =>
        stat.Type switch
        {
            ModeBits.CharDevice => TarKind.CharDevice,
            ModeBits.BlockDevice => TarKind.BlockDevice,
            _ => TarKind.Fifo,
        };

    Dictionary<string, byte[]>? Attributes(SafeFileHandle directory, string name)
    {
        Dictionary<string, byte[]>? found = null;
        foreach (var attribute in Xattrs.List(directory, name))
        {
            // Labels belong to the host's policy, overlayfs's marks to its own directories.
            if (
                attribute == "security.selinux"
                || attribute.StartsWith("trusted.overlay.", StringComparison.Ordinal)
                || attribute.StartsWith("user.overlay.", StringComparison.Ordinal)
            )
                continue;
            if (Xattrs.Get(directory, name, attribute) is { } value)
                (found ??= [])[attribute] = inside is null ? value : Unmapped(attribute, value);
        }
        return found;
    }

    // man 7 capabilities: seen from outside, capabilities of a file name the host's id of the namespace's root (version 3); inside they
    // name none (version 2).
    static byte[] Unmapped(string attribute, byte[] value) =>
        attribute == "security.capability" && value is [var flags, _, _, 3, ..] && value.Length == 24
            ? [flags, 0, 0, 2, .. value.AsSpan(4, 16)]
            : value;
}
