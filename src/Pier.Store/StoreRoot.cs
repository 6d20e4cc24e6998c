using System.Text.Json.Serialization.Metadata;
using Pier.Linux;
using Pier.Linux.Files;
using Pier.Linux.Mounts;
using Pier.Model;
using Pier.Store.Builds;
using Pier.Store.Content;
using Pier.Store.Contexts;
using Pier.Store.Executables;
using Pier.Store.Images;
using Pier.Store.Quotas;
using Pier.Store.Records;
using Pier.Store.Snapshots;
using Pier.Store.Volumes;

namespace Pier.Store;

/// <summary>
/// The durable state of one data root, and the door to all of it. One process may hold a root at a time.
/// <code>
/// using var store = StoreRoot.Open("/var/lib/pier", "overlay");
/// var image = store.Images.Resolve("busybox");                    // or EnsureHelloWorld(), Import(...), Load(...)
/// store.Snapshots.Prepare(containerId, image.ChainId);            // a few mkdirs
/// using SafeFileHandle rootfs = store.Snapshots.Mount(containerId); // a detached mount: hand the fd to the launch program
/// store.Snapshots.Remove(containerId);                            // a rename; deletion goes on in the background
/// </code>
/// Errors are <see cref="Model.EngineException"/>s in Docker's words. Methods are synchronous and may be called from several threads.
/// </summary>
public sealed class StoreRoot : IDisposable
{
    readonly RootLock _lock;
    readonly Trash _trash;
    readonly List<string> _warnings = [];

    StoreRoot(Layout layout, string? driver, UnpackLimits limits)
    {
        Layout = layout;
        _lock = RootLock.Take(layout);
        try
        {
            _trash = new Trash(layout);
            _trash.Empty(layout.Spool);
            Directory.CreateDirectory(layout.Containers);
            Directory.CreateDirectory(layout.Volumes);
            var quotas = new TreeQuotas();
            Volumes = new VolumeStore(layout, _trash, quotas);
            Content = new ContentStore(layout);
            Snapshots = new SnapshotStore(layout, DriverNamed(driver, layout), _trash, quotas, limits);
            var cache = new BuildCacheStore(layout, _trash);
            Contexts = new ContextStore(layout, cache);
            Builds = new BuildStore(layout, Snapshots, Content, _trash, cache);
            Images = new ImageStore(layout, Content, Snapshots, cache);
            _warnings.AddRange(Images.Restore());
            // What a crash left half made has no image that refers to it. A list that may lack images gets another look first.
            if (!Images.HasDamage)
                Images.Collect();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Layout Layout { get; }
    public ContentStore Content { get; }
    public ImageStore Images { get; }
    public SnapshotStore Snapshots { get; }
    public VolumeStore Volumes { get; }
    public ContextStore Contexts { get; }
    public BuildStore Builds { get; }

    /// <summary>
    /// What a user should know about how the root was opened: a driver that is served by another, records put aside as torn.
    /// </summary>
    public IReadOnlyList<string> Warnings
    {
        get
        {
            lock (_warnings)
                return [.. _warnings];
        }
    }

    /// <summary>
    /// Opens or creates a root, removes what a crash left half made. <paramref name="driver"/> is "overlay" (also "overlay2"), "btrfs",
    /// "vfs", or empty for the best that the root's file system can carry. Layers that exceed <paramref name="limits"/> (null:
    /// <see cref="UnpackLimits.Default"/>) are refused. Throws <see cref="ConflictException"/> when another process has the root,
    /// <see cref="UnsupportedException"/> for an unknown driver.
    /// </summary>
    public static StoreRoot Open(string path, string? driver = null, UnpackLimits? limits = null) =>
        Border.Cross(() =>
        {
            var layout = new Layout(path);
            if (!Directory.Exists(layout.Root))
            {
                Directory.CreateDirectory(layout.Root);
                // 0711: containers with other owners (user namespaces) must reach their own files, and nobody lists the rest.
                At.ChangeMode(At.WorkingDirectory, layout.Root, 0x1C9);
            }
            return new StoreRoot(layout, driver, limits ?? UnpackLimits.Default);
        });

    /// <summary>
    /// The durable records of one kind ("containers", "networks", "volumes"), loaded. Ask once a kind and keep the answer.
    /// </summary>
    public RecordStore<T> Records<T>(string kind, JsonTypeInfo<T> type)
        where T : class
    {
        var records = new RecordStore<T>(Layout.Records(kind), type);
        lock (_warnings)
            _warnings.AddRange(records.Torn.Select(t => $"a record could not be read and was put aside: {t}"));
        return records;
    }

    /// <summary>Takes a tree under the root away: renamed at once, deleted in the background. False when it does not exist.</summary>
    public bool Discard(string path) => Border.Cross(() => _trash.Throw(path));

    /// <summary>Bytes that the whole root takes on disk, as `du -x` counts.</summary>
    public long Usage() => Border.Cross(() => DiskUsage.Of(Layout.Root).Bytes);

    /// <summary>Bytes that are free on the root's file system.</summary>
    public long AvailableBytes() => Border.Cross(() => FileSystem.Of(Layout.Root).AvailableBytes);

    /// <summary>Bytes of a container's files outside its root file system: its log among them.</summary>
    public long ContainerFilesUsage(string id) => Border.Cross(() => DiskUsage.Of(Layout.Container(id)).Bytes);

    /// <summary>Waits until the background deletion has caught up.</summary>
    public void DrainTrash() => Border.Cross(_trash.Drain);

    /// <summary>
    /// The path of the program that --init puts at /sbin/docker-init; written when it is missing or not what it should be. Containers that
    /// run keep the file that they started with. Throws <see cref="UnsupportedException"/> on machines other than x86-64.
    /// </summary>
    public string EnsureInitFile() =>
        Border.Cross(() =>
        {
            var architecture = Platform.Host.Architecture;
            if (architecture != "amd64")
                throw new UnsupportedException($"--init is not supported on {architecture}: Pier's init program exists for amd64 only");
            var program = InitProgram.Build();
            if (!IsExecutable(Layout.InitFile, program))
                AtomicFile.Write(Layout.InitFile, program, mode: ExecutableMode);
            return Layout.InitFile;
        });

    const uint ExecutableMode = 0x1ED; // 0755

    static bool IsExecutable(string path, ReadOnlySpan<byte> content) =>
        FileStat.Find(At.WorkingDirectory, path) is { IsRegular: true } stat
        && (stat.Mode & ~ModeBits.TypeMask) == ExecutableMode
        && File.ReadAllBytes(path).AsSpan().SequenceEqual(content);

    ISnapshotDriver DriverNamed(string? name, Layout layout)
    {
        switch (name)
        {
            case null or "":
                return Used(layout) ?? (CarriesOverlay(layout) ? new OverlayDriver() : new VfsDriver());
            case "overlay" or "overlay2":
                return new OverlayDriver();
            case "vfs":
                return new VfsDriver();
            case "btrfs":
                return FileSystem.Of(layout.Root).Magic == FileSystem.Btrfs
                    ? new BtrfsDriver()
                    : throw new UnsupportedException(
                        $"driver not supported: btrfs: prerequisites for driver not satisfied (wrong filesystem: {FileSystem.Of(layout.Root).Name})"
                    );
            case "aufs" or "devicemapper":
                _warnings.Add(
                    $"the storage driver \"{name}\" is gone from today's kernels and engines; its successor \"overlay\" is used instead"
                );
                return new OverlayDriver();
            default:
                throw new UnsupportedException($"driver not supported: {name}");
        }
    }

    // A root stays with the driver that its layers are in: asking the kernel again takes room, which a full disk does not have.
    static ISnapshotDriver? Used(Layout layout) =>
        ((ISnapshotDriver[])[new OverlayDriver(), new BtrfsDriver(), new VfsDriver()]).FirstOrDefault(d =>
            Directory.Exists(layout.SnapshotLayers(d.Name))
        );

    // The kernel says no when the root itself lies on an overlay, or on a file system that cannot be an upper directory.
    static bool CarriesOverlay(Layout layout)
    {
        var probe = Path.Combine(layout.Spool, "overlay-probe");
        try
        {
            var (lower, upper, work) = (Path.Combine(probe, "lower"), Path.Combine(probe, "upper"), Path.Combine(probe, "work"));
            foreach (var directory in new[] { lower, upper, work })
                Directory.CreateDirectory(directory);
            // Closing any other mount would sync the whole file system: seconds after a large pull.
            new OverlayMount([lower], upper, work) { Passing = true }
                .Create()
                .Dispose();
            return true;
        }
        catch (LinuxException)
        {
            return false;
        }
        finally
        {
            if (Directory.Exists(probe))
                Directory.Delete(probe, recursive: true);
        }
    }

    /// <summary>Gives the root back. Containers' mounts live on.</summary>
    public void Dispose()
    {
        Snapshots?.Dispose();
        _trash?.Dispose();
        _lock?.Dispose();
    }
}
