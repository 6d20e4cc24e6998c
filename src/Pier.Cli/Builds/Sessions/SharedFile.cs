using Pier.Model.Builds;

namespace Pier.Cli.Builds.Sessions;

/// <summary>A directory that holds one file, which is nowhere but here: a Dockerfile from standard input.</summary>
sealed class SharedFile(string name, byte[] content) : IDirectorySender
{
    public IEnumerable<FileEntry> Entries =>
        [
            new FileEntry
            {
                Path = name,
                Mode = 0x81A4,
                Size = content.Length,
                ModifiedAt = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100,
            },
        ];

    public Stream OpenContent(FileEntry entry) => new MemoryStream(content, writable: false);
}
