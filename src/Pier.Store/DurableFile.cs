using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;

namespace Pier.Store;

/// <summary>
/// Files that survive a crash whole or not at all, for state that another room keeps in a tree of its own (the registry server). Errors
/// are <see cref="Model.HostFailureException"/>s.
/// </summary>
public static class DurableFile
{
    /// <summary>
    /// Gives a finished file its name, replacing what had it; the directories above are made. <paramref name="file"/> is it, still open,
    /// and on the same file system.
    /// </summary>
    public static void Adopt(SafeFileHandle file, string from, string to) =>
        Border.Cross(() =>
        {
            Durability.Sync(file, from);
            MakeDirectories(Path.GetDirectoryName(to)!);
            At.Rename(At.WorkingDirectory, from, At.WorkingDirectory, to);
            Durability.SyncDirectory(Path.GetDirectoryName(to)!);
        });

    // A name is durable only when every directory on the way to it is.
    static void MakeDirectories(string path)
    {
        if (Directory.Exists(path))
            return;
        var parent = Path.GetDirectoryName(path)!;
        MakeDirectories(parent);
        Directory.CreateDirectory(path);
        Durability.SyncDirectory(parent);
    }
}
