using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;

namespace Pier.Linux.Btrfs;

/// <summary>Subvolumes inside a subvolume, wherever in its tree (linux/btrfs.h; Linux 4.18). One that has any cannot be deleted.</summary>
public static unsafe partial class NestedSubvolumes
{
    internal const uint RootReferences = 0xD000943D,
        LookUp = 0xD000943E,
        SetFlags = 0x4008941A;
    const int PerCall = 255,
        NameSize = 256;

    /// <summary>
    /// Moves every subvolume directly below one, given by its open root, to another directory of the file system under names that the
    /// caller makes. How many.
    /// </summary>
    public static int MoveOut(SafeFileHandle subvolume, SafeFileHandle directory, Func<string> name)
    {
        MakeWritable(subvolume);
        var moved = 0;
        while (true)
        {
            References found = default;
            // EOVERFLOW: there are more than one answer holds.
            var all = Ioctl(subvolume, RootReferences, &found) == 0;
            if (!all && Marshal.GetLastPInvokeError() != Errno.EOVERFLOW)
                throw Failed("BTRFS_IOC_GET_SUBVOL_ROOTREF");
            for (var i = 0; i < found.Count; i++)
                MoveOne(subvolume, found.Pairs[2 * i], found.Pairs[2 * i + 1], directory, name());
            moved += found.Count;
            if (all || found.Count == 0)
                return moved;
        }
    }

    static void MoveOne(SafeFileHandle subvolume, ulong tree, ulong inode, SafeFileHandle directory, string target)
    {
        Place place = new() { Directory = inode, Tree = tree };
        if (Ioctl(subvolume, LookUp, &place) != 0)
            throw Failed("BTRFS_IOC_INO_LOOKUP_USER");
        var path = Text(place.Path, Place.PathSize);
        using var parent = At.OpenIn(subvolume, path.TrimEnd('/'), OpenFlags.Directory, Resolve.Beneath | Resolve.NoSymlinks);
        var name = Text(place.Name, NameSize);
        using (var child = At.OpenIn(parent, name, OpenFlags.Directory, Resolve.Beneath | Resolve.NoSymlinks))
            MakeWritable(child);
        At.Rename(parent, name, directory, target);
    }

    // A read-only one neither moves nor lets go of what is in it.
    static void MakeWritable(SafeFileHandle subvolume)
    {
        ulong flags = 0;
        if (Ioctl(subvolume, SetFlags, &flags) != 0)
            throw Failed("BTRFS_IOC_SUBVOL_SETFLAGS");
    }

    // Paths are bytes: as everywhere in this room.
    static string Text(byte* bytes, int size)
    {
        var span = new ReadOnlySpan<byte>(bytes, size);
        var end = span.IndexOf((byte)0);
        return PathText.Decode(end < 0 ? span : span[..end]);
    }

    static LinuxException Failed(string request) => new("ioctl", Marshal.GetLastPInvokeError(), request);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeHandle fd, nuint request, void* argument);

    /// <summary>struct btrfs_ioctl_get_subvol_rootref_args, 4096 bytes: pairs of subvolume and directory.</summary>
    internal struct References
    {
        public ulong From;
        public fixed ulong Pairs[2 * PerCall];
        public byte Count;
        public fixed byte Unused[7];
    }

    /// <summary>struct btrfs_ioctl_ino_lookup_user_args, 4096 bytes.</summary>
    internal struct Place
    {
        public const int PathSize = 4080 - NameSize;
        public ulong Directory,
            Tree;
        public fixed byte Name[NameSize];
        public fixed byte Path[PathSize];
    }
}
