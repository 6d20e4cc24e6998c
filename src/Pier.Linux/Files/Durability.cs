using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Files;

/// <summary>Bringing data to the disk: fsync(2), sync_file_range(2), syncfs(2).</summary>
public static class Durability
{
    const uint SYNC_FILE_RANGE_WRITE = 2;

    /// <summary>fsync of an open file or directory.</summary>
    public static void Sync(SafeFileHandle file, string? subject = null) => FileCalls.Check(FileCalls.fsync(file), "fsync", subject);

    /// <summary>fsync of a directory: makes renames and new names in it durable.</summary>
    public static void SyncDirectory(string path)
    {
        using var directory = At.Open(At.WorkingDirectory, path, OpenFlags.Directory);
        Sync(directory, path);
    }

    /// <summary>
    /// Has the disk begin with a part of a file (0 bytes: to its end), without waiting: what a later <see cref="Sync"/> still has to do is
    /// less. A file system that cannot do that is none the worse for it.
    /// </summary>
    public static void BeginWriting(SafeFileHandle file, long offset, long length) =>
        FileCalls.sync_file_range(file, offset, length, SYNC_FILE_RANGE_WRITE);

    /// <summary>syncfs of the file system that holds an open file.</summary>
    public static void SyncFileSystem(SafeFileHandle file) => FileCalls.Check(FileCalls.syncfs(file), "syncfs");
}
