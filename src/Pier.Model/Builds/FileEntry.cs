namespace Pier.Model.Builds;

/// <summary>
/// One name of a directory tree that travels between client and builder, as stat(2) tells it. Two entries that are equal have the same
/// content, as far as that can be known without reading it.
/// </summary>
public record FileEntry
{
    /// <summary>Relative to the tree's root, with '/', without "." and "..".</summary>
    public required string Path { get; init; }

    /// <summary>Type and permission bits as in st_mode.</summary>
    public required uint Mode { get; init; }
    public uint UserId { get; init; }
    public uint GroupId { get; init; }

    /// <summary>Bytes; 0 for anything but regular files.</summary>
    public long Size { get; init; }

    /// <summary>Nanoseconds since 1970.</summary>
    public long ModifiedAt { get; init; }

    /// <summary>A symlink's text; of a regular file the path of an earlier entry that it is a hard link to; "" otherwise.</summary>
    public string LinkTarget { get; init; } = "";
    public uint DeviceMajor { get; init; }
    public uint DeviceMinor { get; init; }
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Attributes { get; init; } = new Dictionary<string, ReadOnlyMemory<byte>>();
}
