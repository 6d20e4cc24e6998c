using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Files;

/// <summary>Bringing data to the disk: fsync(2), fdatasync(2), syncfs(2).</summary>
public static class Durability
{
    /// <summary>fsync of an open file or directory.</summary>
    public static void Sync(SafeFileHandle file, string? subject = null) => FileCalls.Check(FileCalls.fsync(file), "fsync", subject);

    /// <summary>fsync of a directory: makes renames and new names in it durable.</summary>
    public static void SyncDirectory(string path)
    {
        using var directory = At.Open(At.WorkingDirectory, path, OpenFlags.Directory);
        Sync(directory, path);
    }

    /// <summary>syncfs of the file system that holds an open file.</summary>
    public static void SyncFileSystem(SafeFileHandle file) => FileCalls.Check(FileCalls.syncfs(file), "syncfs");
}
