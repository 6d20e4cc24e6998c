using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Files;
using Pier.Model;
using Pier.Store.Layers;
using Pier.Store.Tar;

namespace Pier.Store.Trees;

/// <summary>
/// The files of a container seen from its root: a detached mount, or the root of a running process with all that is mounted there. Paths
/// are resolved by the kernel inside the root, whoever swaps links meanwhile. Throws <see cref="NotFoundException"/> for paths that are not
/// there. Owns the handle. Owners are told as <paramref name="inside"/> calls them, where given.
/// </summary>
public sealed class RootTree(SafeFileHandle root, Func<uint, uint, (uint Uid, uint Gid)>? inside = null) : IDisposable
{
    // Nanoseconds of 64 bits end in the year 2262.
    const long MaxSeconds = 9_000_000_000;

    const Resolve Inside = Resolve.InRoot | Resolve.NoMagicLinks;

    /// <summary>What is at a path; a link itself unless the path ends with a slash or "/.".</summary>
    public PathStat Stat(string path) =>
        Cross(
            path,
            () =>
            {
                var asked = new RootPath(path);
                using var held = Hold(asked);
                return Describe(asked, FileStat.Of(held));
            }
        );

    /// <summary>
    /// Writes what is at a path as a tar whose top has the path's last name: "etc/", "etc/hosts", ...; a link is not followed.
    /// </summary>
    public void CopyOut(string path, Stream output, CancellationToken ct) =>
        Cross(
            path,
            () =>
            {
                var asked = new RootPath(path);
                using var awaited = new AwaitedWriteStream(output, ct);
                var tar = new TarWriter(awaited);
                var archive = new TreeArchive(tar, ct, inside);
                using var held = Hold(asked);
                var stat = FileStat.Of(held);
                if (stat.IsDirectory)
                    AddDirectory(archive, held, asked.Name == "/" ? "" : asked.Name, ct);
                else
                    AddFile(archive, asked, stat);
                tar.Finish();
                awaited.Flush();
                return true;
            }
        );

    /// <summary>Unpacks a tar (plain or compressed) below a directory; links in the path are followed inside the root.</summary>
    public void CopyIn(string path, Stream archive, CopyInOptions options, CancellationToken ct) =>
        Cross(
            path,
            () =>
            {
                var asked = new RootPath(path);
                using (var target = At.OpenIn(root, asked.Clean, OpenFlags.Path, Inside))
                {
                    if (!FileStat.Of(target).IsDirectory)
                        throw new InvalidParameterException("extraction point is not a directory");
                }
                using var plain = Decompression.Open(new AwaitedReadStream(archive, ct), out _);
                using var maker = options.Outside?.Invoke(0, 0) is var (user, group) ? new FileOwner(user, group) : null;
                using var unpacker = new CopyUnpacker(root, asked.Clean, options);
                unpacker.Unpack(new TarReader(plain));
                return true;
            }
        );

    /// <summary>Writes the whole tree as a tar, names without a slash before them.</summary>
    public void Export(Stream output, CancellationToken ct) =>
        Cross(
            "/",
            () =>
            {
                using var awaited = new AwaitedWriteStream(output, ct);
                var tar = new TarWriter(awaited);
                var archive = new TreeArchive(tar, ct, inside);
                AddChildren(archive, root, "", ct);
                tar.Finish();
                awaited.Flush();
                return true;
            }
        );

    // The file itself, not what a link in the last place leads to, unless the path says so.
    SafeFileHandle Hold(RootPath asked)
    {
        if (asked.Clean.Length == 0)
            return At.Open(root, ".", OpenFlags.Path | OpenFlags.Directory);
        if (asked.FollowsLast)
            return At.OpenIn(root, asked.Clean, OpenFlags.Path | OpenFlags.Directory, Inside);
        using var parent = At.OpenIn(root, asked.Parent, OpenFlags.Path | OpenFlags.Directory, Inside);
        // Two steps, so that the last name may be a link; both stay with what was opened.
        return At.Open(parent, asked.Last, OpenFlags.Path | OpenFlags.NoFollow);
    }

    static void AddDirectory(TreeArchive archive, SafeFileHandle held, string prefix, CancellationToken ct)
    {
        using var directory = At.Open(held, ".", OpenFlags.Directory);
        archive.Add(directory, ".", FileStat.Of(directory), prefix);
        AddChildren(archive, directory, prefix + "/", ct);
    }

    static void AddChildren(TreeArchive archive, SafeFileHandle directory, string prefix, CancellationToken ct)
    {
        var top = FileStat.Of(directory).Device;
        TreeWalk.Visit(
            directory,
            (parent, name, path, stat) =>
            {
                archive.Add(parent, name, stat, prefix + path);
                return stat.Device == top || !stat.IsDirectory || !IsKernels(parent, name);
            },
            ct
        );
    }

    // What the kernel makes up (/proc, /sys) is no one's files: from outside only the place is copied, as docker does.
    static bool IsKernels(SafeFileHandle parent, string name)
    {
        using var directory = At.Open(parent, name, OpenFlags.Path | OpenFlags.Directory | OpenFlags.NoFollow);
        return FileSystem.Of(directory).Magic
            is FileSystem.Proc
                or FileSystem.Cgroup
                or FileSystem.Cgroup2
                or SysFs
                or FileSystem.DevPts
                or MessageQueue;
    }

    // linux/magic.h; ipc/mqueue.c.
    const long SysFs = 0x62656572,
        MessageQueue = 0x19800202;

    void AddFile(TreeArchive archive, RootPath asked, FileStat stat)
    {
        using var parent = At.OpenIn(root, asked.Parent, OpenFlags.Directory, Inside);
        archive.Add(parent, asked.Last, stat, asked.Name);
    }

    PathStat Describe(RootPath asked, FileStat stat) =>
        new(
            asked.Name,
            stat.Size,
            stat.Mode,
            Math.Clamp(stat.Modify.Seconds, -MaxSeconds, MaxSeconds) * 1_000_000_000 + stat.Modify.Nanoseconds,
            stat.IsSymlink ? RootLinks.Resolve(root, asked.Clean) : ""
        );

    static T Cross<T>(string path, Func<T> operation) =>
        Border.Cross(() =>
        {
            try
            {
                return operation();
            }
            catch (LinuxException e) when (e.Errno == Errno.ENOENT)
            {
                throw new NotFoundException($"{path}: no such file or directory", e);
            }
            catch (LinuxException e) when (e.Errno is Errno.ENOTDIR or Errno.ELOOP or Errno.ENAMETOOLONG or Errno.EINVAL)
            {
                throw new InvalidParameterException($"{path}: {Errno.Describe(e.Errno)}", e);
            }
            catch (LinuxException e) when (e.Errno == Errno.EROFS)
            {
                throw new ForbiddenException("read-only file system", e);
            }
        });

    public void Dispose() => root.Dispose();
}
