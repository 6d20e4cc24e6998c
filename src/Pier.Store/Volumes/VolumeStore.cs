using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Files;
using Pier.Linux.Mounts;
using Pier.Model;
using Pier.Store.Quotas;
using Pier.Store.Snapshots;
using OpenFlags = Pier.Linux.Files.OpenFlags;

namespace Pier.Store.Volumes;

/// <summary>
/// The directories of volumes, and the "local" driver's mounts over them. What a volume is called and who uses it is the engine's to
/// know; names are checked by <see cref="Layout"/>. Thread-safe; calls for one volume must not race.
/// </summary>
public sealed class VolumeStore
{
    readonly Layout _layout;
    readonly Trash _trash;
    readonly TreeQuotas _quotas;

    internal VolumeStore(Layout layout, Trash trash, TreeQuotas quotas) => (_layout, _trash, _quotas) = (layout, trash, quotas);

    /// <summary>Where a volume's content is: inspect's Mountpoint.</summary>
    public string Data(string name) => _layout.VolumeData(name);

    /// <summary>The names of volumes that have a directory.</summary>
    public IReadOnlyList<string> Names() =>
        Border.Cross(() => Directory.GetDirectories(_layout.Volumes).Select(d => Path.GetFileName(d)).ToArray());

    /// <summary>Whether a volume has a directory.</summary>
    public bool Exists(string name) => Directory.Exists(_layout.Volume(name));

    /// <summary>Whether the file system of volumes can hold one to a size.</summary>
    public bool HasQuotas => Border.Cross(() => _quotas.Below(_layout.Volumes) is not null);

    /// <summary>
    /// Makes a volume's empty directory, 0755, below one that only root may enter by listing; what is there already stays. With a limit it
    /// holds so many bytes: <see cref="UnsupportedException"/> where the file system cannot.
    /// </summary>
    public void Create(string name, long? limit = null) =>
        Border.Cross(() =>
        {
            At.TryMakeDirectory(At.WorkingDirectory, _layout.Volume(name), 0x1C1);
            if (limit is not { } bytes)
            {
                At.TryMakeDirectory(At.WorkingDirectory, _layout.VolumeData(name), 0x1ED);
                return;
            }
            var quota = _quotas.Below(_layout.Volumes) ?? throw new UnsupportedException("quota size requested but no quota support");
            if (!quota.TryMakeDirectory(_layout.VolumeData(name), 0x1ED, bytes))
                quota.SetLimit(_layout.VolumeData(name), bytes);
        });

    /// <summary>Takes a volume away: unmounted, renamed at once, deleted in the background. False when there is none.</summary>
    public bool Remove(string name) =>
        Border.Cross(() =>
        {
            DetachAll(name);
            return _trash.Throw(_layout.Volume(name));
        });

    /// <summary>
    /// Puts the file system that a volume's options name over its directory, unless it is there. Where the device is a server this may hang
    /// as long as the kernel lets it. Throws in Docker's words when the mount fails.
    /// </summary>
    public void Attach(string name, IReadOnlyDictionary<string, string> options) =>
        Border.Cross(() =>
        {
            if (IsAttached(name))
                return;
            var (type, device, words) = (
                options.GetValueOrDefault("type", ""),
                options.GetValueOrDefault("device", ""),
                options.GetValueOrDefault("o", "")
            );
            try
            {
                using var mount = LocalMount.Open(type, device, words);
                DetachedMount.Attach(mount, _layout.VolumeData(name));
            }
            catch (LinuxException e)
            {
                throw new HostFailureException(
                    $"error while mounting volume '{_layout.VolumeData(name)}': failed to mount local volume: mount {device}:{_layout.VolumeData(name)}, data: {words}: {Errno.Describe(e.Errno)}",
                    e
                );
            }
        });

    /// <summary>Takes the file system over a volume's directory away; whoever still has a copy of the mount keeps it.</summary>
    public void Detach(string name) => Border.Cross(() => DetachAll(name));

    /// <summary>Whether a file system is mounted over a volume's directory.</summary>
    public bool IsAttached(string name)
    {
        var path = _layout.VolumeData(name);
        // proc_pid_mountinfo(5): the fifth field is the mount point.
        return File.ReadLines("/proc/self/mountinfo").Any(line => HostMount.Unescape(line.Split(' ', 6)[4]) == path);
    }

    /// <summary>The content at a directory: a volume's own, or where another driver says it is.</summary>
    public VolumeTree Tree(string path) => new(path, _trash);

    /// <summary>A detached mount of a directory or file inside a tree that is mounted detached, as an image's.</summary>
    public static SafeFileHandle OpenSubpath(SafeFileHandle root, string subpath, bool readOnly) =>
        Border.Cross(() => Subpaths.Open(root, subpath, subpath, readOnly));

    void DetachAll(string name)
    {
        while (IsAttached(name))
            DetachedMount.Unmount(_layout.VolumeData(name), UnmountFlags.Detach | UnmountFlags.NoFollow);
    }
}
