using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Files;
using Pier.Model;
using Pier.Store.Trees;

namespace Pier.Store.Builds;

/// <summary>What a path of a tree leads to.</summary>
public sealed record SourceEntry(bool IsDirectory, bool IsRegular, long Size);

/// <summary>
/// A tree that a build reads: layers, a client's directory, a download. Its author is not trusted: every path is resolved by the kernel
/// inside it (openat2, RESOLVE_IN_ROOT), and the trees are not changed while they are read. Owns the handle.
/// </summary>
public sealed class SourceTree(SafeFileHandle root) : IDisposable
{
    const Resolve Inside = Resolve.InRoot | Resolve.NoMagicLinks;

    /// <summary>What is known of its files; null for nothing in particular.</summary>
    internal FileHashes? Hashes { get; private init; }

    /// <summary>A directory of this host as a tree.</summary>
    public static SourceTree OpenDirectory(string path) => OpenDirectory(path, null);

    internal static SourceTree OpenDirectory(string path, FileHashes? hashes) =>
        Border.Cross(() =>
            new SourceTree(At.Open(At.WorkingDirectory, path, OpenFlags.Directory | OpenFlags.NoFollow)) { Hashes = hashes }
        );

    internal SafeFileHandle Root => root;

    /// <summary>What a path leads to, links followed inside the tree; null when nothing is there.</summary>
    public SourceEntry? Find(string path) =>
        Border.Cross(() =>
        {
            using var held = TryHold(path);
            return held is null ? null
                : FileStat.Of(held) is var stat ? new SourceEntry(stat.IsDirectory, stat.IsRegular, stat.Size)
                : null;
        });

    /// <summary>The names in a directory, sorted by code unit; none when it is no directory.</summary>
    public IReadOnlyList<string> Names(string path) =>
        Border.Cross<IReadOnlyList<string>>(() =>
        {
            using var directory = TryOpen(path, OpenFlags.Directory);
            return directory is null ? [] : [.. TreeWalk.Sorted(directory).Select(e => e.Name)];
        });

    /// <summary>A whole small file; null when it is not there. Throws when it is no regular file or longer than the limit.</summary>
    public byte[]? Read(string path, int limit) =>
        Border.Cross(() =>
        {
            using var held = TryHold(path);
            if (held is null)
                return null;
            var stat = FileStat.Of(held);
            if (!stat.IsRegular)
                throw new InvalidParameterException($"{path}: not a regular file");
            if (stat.Size > limit)
                throw new InvalidParameterException($"{path} is larger than {limit} bytes");
            using var file = Reopen(held);
            var bytes = new byte[stat.Size];
            for (var at = 0; at < bytes.Length; )
            {
                var read = RandomAccess.Read(file, bytes.AsSpan(at), at);
                if (read == 0)
                    return bytes[..at];
                at += read;
            }
            return bytes;
        });

    /// <summary>A path as it leads when every link is followed: absolute, inside the tree.</summary>
    public string Resolved(string path) => Border.Cross(() => RootLinks.Resolve(root, path));

    /// <summary>
    /// The file or directory that a path leads to as a read-only or writable detached mount of its own; null when nothing is there.
    /// </summary>
    public SafeFileHandle? Mount(string path, bool readOnly) =>
        Border.Cross(() => Find(path) is null ? null : Volumes.VolumeStore.OpenSubpath(root, Clean(path), readOnly));

    /// <summary>What a path leads to, held; null when nothing is there.</summary>
    internal SafeFileHandle? TryHold(string path) => TryOpen(path, OpenFlags.Path);

    /// <summary>
    /// The directory that holds what a path leads to when every link is followed, and its name there ("." for the root); null when nothing
    /// is there.
    /// </summary>
    internal (SafeFileHandle Directory, string Name, FileStat Stat)? Locate(string path)
    {
        var resolved = RootLinks.Resolve(root, path);
        var slash = resolved.LastIndexOf('/');
        var directory = TryOpen(resolved[..slash], OpenFlags.Directory);
        if (directory is null)
            return null;
        var name = resolved.Length == 1 ? "." : resolved[(slash + 1)..];
        if (FileStat.Find(directory, name) is { } stat)
            return (directory, name, stat);
        directory.Dispose();
        return null;
    }

    /// <summary>The held file itself, opened for reading: never a device, never a fifo that would be waited for.</summary>
    internal static SafeFileHandle Reopen(SafeFileHandle held) =>
        At.Open(At.WorkingDirectory, At.FdPath(held), OpenFlags.ReadOnly | OpenFlags.NonBlocking);

    SafeFileHandle? TryOpen(string path, OpenFlags flags)
    {
        try
        {
            return At.OpenIn(root, Clean(path), flags, Inside);
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP or Errno.ENAMETOOLONG)
        {
            return null;
        }
    }

    static string Clean(string path) => path.Trim('/') is { Length: > 0 } inside ? inside : ".";

    public void Dispose() => root.Dispose();
}
