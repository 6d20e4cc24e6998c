namespace Pier.Model.Builds;

/// <summary>A tree on its way to the other side.</summary>
public interface IDirectorySender
{
    /// <summary>Every entry, parents before children, siblings in byte order.</summary>
    IEnumerable<FileEntry> Entries { get; }

    /// <summary>The content of one of its regular files.</summary>
    Stream OpenContent(FileEntry entry);
}
