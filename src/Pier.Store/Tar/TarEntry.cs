using Pier.Linux.Files;

namespace Pier.Store.Tar;

/// <summary>The kinds of files that a layer may hold.</summary>
public enum TarKind
{
    Regular,
    HardLink,
    Symlink,
    CharDevice,
    BlockDevice,
    Directory,
    Fifo,
}

/// <summary>A run of data in a sparse file, in bytes.</summary>
public readonly record struct SparseExtent(long Offset, long Length);

/// <summary>
/// One file of a tar, after long names and pax records were applied. Names are as written (not cleaned, not checked); see
/// <see cref="PathText"/> for names that are not UTF-8.
/// </summary>
public sealed record TarEntry
{
    public required string Name { get; init; }
    public required TarKind Kind { get; init; }

    /// <summary>Permissions with set-user-ID and the like: 12 bits.</summary>
    public uint Mode { get; init; }

    public uint Uid { get; init; }
    public uint Gid { get; init; }

    /// <summary>The file's length; more than what the archive holds of it when it is sparse.</summary>
    public long Size { get; init; }

    public FileTime Modified { get; init; }

    /// <summary>Null where the archive does not say.</summary>
    public FileTime? Accessed { get; init; }

    /// <summary>Target of a symbolic or hard link.</summary>
    public string LinkName { get; init; } = "";

    public uint DeviceMajor { get; init; }
    public uint DeviceMinor { get; init; }

    /// <summary>Extended attributes by full name ("security.capability"), or null.</summary>
    public IReadOnlyDictionary<string, byte[]>? Xattrs { get; init; }

    /// <summary>Where the archived bytes belong in a sparse file, ascending; null for an ordinary one.</summary>
    public IReadOnlyList<SparseExtent>? Sparse { get; init; }
}
