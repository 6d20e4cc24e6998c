using Pier.Linux;
using Pier.Linux.Descriptors;
using Pier.Linux.Files;

namespace Pier.Store;

/// <summary>
/// Replaces small files so that a crash leaves the old text or the new one: temp file in the same directory, fsync, rename, fsync of
/// the directory (man 2 rename, man 2 fsync).
/// </summary>
static class AtomicFile
{
    /// <summary>Suffix of temp files; one that is found at start was never finished.</summary>
    internal const string TempSuffix = ".tmp";

    /// <summary>
    /// <paramref name="durable"/> false leaves out the fsyncs: still never half written for other processes. The mode is set whatever the
    /// umask is; 0600 when not given.
    /// </summary>
    internal static void Write(string path, ReadOnlySpan<byte> bytes, bool durable = true, uint mode = 0x180)
    {
        var temp = path + "." + Guid.NewGuid().ToString("N") + TempSuffix;
        try
        {
            const OpenFlags flags = OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow;
            using (var file = At.Open(At.WorkingDirectory, temp, flags, 0x180))
            {
                if (!PlainFile.TryWriteAt(file, bytes, 0, out var errno))
                    throw new LinuxException("write", errno, path);
                At.ChangeMode(file, mode);
                if (durable)
                    Durability.Sync(file, temp);
            }
            At.Rename(At.WorkingDirectory, temp, At.WorkingDirectory, path);
        }
        catch
        {
            At.TryRemove(At.WorkingDirectory, temp, isDirectory: false);
            throw;
        }
        if (durable)
            Durability.SyncDirectory(Path.GetDirectoryName(path)!);
    }
}
