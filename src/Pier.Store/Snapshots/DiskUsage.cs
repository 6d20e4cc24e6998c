using Pier.Linux;
using Pier.Linux.Files;

namespace Pier.Store.Snapshots;

/// <summary>What a tree takes: bytes allocated (a hard-linked file counts once), and inodes.</summary>
public readonly record struct DiskUsage(long Bytes, long Inodes)
{
    /// <summary>How long its files are, which is what `docker ps --size` tells; directories are nothing.</summary>
    public long FileBytes { get; private init; }

    /// <summary>Walks a tree as `du -x` does: what is mounted in it is not of it. What goes away meanwhile is not counted.</summary>
    internal static DiskUsage Of(string path)
    {
        var (bytes, files, inodes, seen, pending) = (0L, 0L, 0L, new HashSet<(uint, uint, ulong)>(), new Stack<string>([path]));
        while (pending.TryPop(out var directory))
        {
            try
            {
                using var handle = At.Open(At.WorkingDirectory, directory, OpenFlags.Directory | OpenFlags.NoFollow);
                bytes += FileStat.Of(handle).AllocatedBytes;
                inodes++;
                foreach (var entry in DirectoryReader.Read(handle))
                {
                    if (FileStat.Find(handle, entry.Name) is not { } stat)
                        continue;
                    if (stat.IsMountRoot)
                        continue;
                    if (stat.IsDirectory)
                        pending.Push($"{directory}/{entry.Name}");
                    else if (stat.Links == 1 || seen.Add(stat.Identity))
                        (bytes, files, inodes) = (bytes + stat.AllocatedBytes, files + stat.Size, inodes + 1);
                }
            }
            catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ENAMETOOLONG) { }
        }
        return new DiskUsage(bytes, inodes) { FileBytes = files };
    }
}
