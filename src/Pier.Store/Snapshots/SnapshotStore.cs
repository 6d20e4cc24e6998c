using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;
using Pier.Model;
using Pier.Store.Quotas;

namespace Pier.Store.Snapshots;

/// <summary>Root file systems: shared, read-only layers by chain id, and a writable snapshot a container. Thread-safe.</summary>
public sealed partial class SnapshotStore : IDisposable
{
    internal const string Scratch = "scratch",
        ParentLink = "parent";
    const string NoParent = "none";

    readonly Layout _layout;
    readonly ISnapshotDriver _driver;
    readonly Trash _trash;
    readonly TreeQuotas _quotas;
    readonly UnpackLimits _limits;
    readonly Lock _gate = new();
    readonly Lock _initGate = new();
    readonly Dictionary<Digest, LayerRecord> _layers = [];
    readonly LayerSync _sync;
    readonly ComingLayers _coming = new();
    readonly LateUnmounts _unmounts = new();

    internal SnapshotStore(Layout layout, ISnapshotDriver driver, Trash trash, TreeQuotas quotas, UnpackLimits limits)
    {
        (_layout, _driver, _trash, _quotas, _limits) = (layout, driver, trash, quotas, limits);
        _sync = new LayerSync(layout.SnapshotLayers(driver.Name));
        trash.Empty(layout.SnapshotStaging(driver.Name));
        Directory.CreateDirectory(layout.SnapshotContainers(driver.Name));
        Directory.CreateDirectory(LayerDirectory(null));
        if (!Directory.Exists(Path.Combine(LayerDirectory(null), "diff")))
            driver.BeginLayer(Path.Combine(LayerDirectory(null), "diff"), []);
        foreach (var directory in Directory.GetDirectories(layout.SnapshotLayers(driver.Name)))
            LoadLayer(directory);
    }

    /// <summary>"overlay", "btrfs" or "vfs".</summary>
    public string DriverName => _driver.Name;

    /// <summary>Facts for `info`: ("Backing Filesystem", "extfs") and the like.</summary>
    public IReadOnlyList<(string Name, string Value)> DriverStatus =>
        Border.Cross<IReadOnlyList<(string, string)>>(() =>
            _driver.Name == "overlay"
                ?
                [
                    ("Backing Filesystem", FileSystem.Of(_layout.Root).Name),
                    ("Supports d_type", "true"),
                    ("Using metacopy", "false"),
                    ("Native Overlay Diff", "true"),
                    ("userxattr", "false"),
                ]
            : _driver.Name == "btrfs" ? [("Backing Filesystem", FileSystem.Of(_layout.Root).Name)]
            : []
        );

    /// <summary>Whether a stack of layers is unpacked; one that is being unpacked is waited for.</summary>
    public bool Has(Digest chainId)
    {
        _coming.Await(chainId);
        lock (_gate)
            return _layers.ContainsKey(chainId);
    }

    /// <summary>
    /// Makes a container's writable snapshot over a stack of layers (null: over nothing), with Docker's mount points in it. With a limit
    /// (bytes; see <see cref="HasQuotas"/>) what the container adds takes so much at most.
    /// </summary>
    public void Prepare(string containerId, Digest? chainId, long? limit = null) =>
        Border.Cross(() =>
        {
            var stack = EnsureMountPoints(chainId);
            var directory = _layout.ContainerSnapshot(_driver.Name, containerId);
            lock (_gate)
            {
                if (chainId is { } chain && !_layers.ContainsKey(chain))
                    throw new NotFoundException($"layer does not exist: {chain}");
                if (!TryMakeContainer(directory, limit))
                    throw new ConflictException($"a snapshot of container {containerId} exists already");
                // Written first: from here on the layers are in use.
                At.Symlink(chainId?.ToString() ?? NoParent, At.WorkingDirectory, Path.Combine(directory, ParentLink));
            }
            try
            {
                _driver.PrepareContainer(directory, stack);
                if (limit is { } bytes && _driver.TreesAreSubvolumes)
                    SubvolumeQuota.SetLimitOfSnapshot(_driver.Writable(directory), bytes);
            }
            catch
            {
                _trash.Throw(directory);
                throw;
            }
        });

    /// <summary>
    /// Mounts a container's snapshot, detached: the fd is the root of the mount, for openat, move_mount and launch programs. Closing the
    /// last fd of a mount that was never attached unmounts it: see <see cref="Unmount"/>.
    /// </summary>
    /// <param name="passing">The container does not outlive this boot of the machine: nothing of it has to reach the disk.</param>
    /// <param name="idMap">A user namespace whose processes are to see the ids that are stored; null for the ids as they are.</param>
    public SafeFileHandle Mount(string containerId, bool readOnly = false, bool passing = false, SafeFileHandle? idMap = null) =>
        Border.Cross(() =>
        {
            _unmounts.Await(containerId);
            return _driver.Mount(Existing(containerId), EnsureMountPoints(ParentOf(containerId)), readOnly, passing, idMap);
        });

    /// <summary>
    /// Closes what may be the last reference to a container's mount, without waiting for the disk: the kernel brings all of the file system
    /// below to it then. The container's next <see cref="Mount"/> waits.
    /// </summary>
    public void Unmount(string containerId, SafeFileHandle root) => _unmounts.Begin(containerId, root);

    /// <summary>
    /// Removes a container's snapshot; false when there is none. Returns at once, the deletion goes on in the background.
    /// </summary>
    public bool Remove(string containerId) =>
        Border.Cross(() =>
        {
            var parent = ParentOf(containerId);
            if (!_trash.Throw(_layout.ContainerSnapshot(_driver.Name, containerId)))
                return false;
            if (parent is { } chain)
                Released?.Invoke(chain);
            return true;
        });

    /// <summary>Called when a container no longer stands on a stack of layers: it may have been the last to do so.</summary>
    internal Action<Digest>? Released { private get; set; }

    /// <summary>The ids of containers that have a snapshot, for reconciling at start.</summary>
    public IReadOnlyList<string> Containers() =>
        Border.Cross(() => Directory.GetDirectories(_layout.SnapshotContainers(_driver.Name)).Select(d => Path.GetFileName(d)).ToArray());

    /// <summary>inspect's GraphDriver.Data: LowerDir, UpperDir, WorkDir, MergedDir (overlay) or Dir (vfs).</summary>
    public IReadOnlyDictionary<string, string> Data(string containerId) =>
        Border.Cross(() => _driver.Data(Existing(containerId), StackOf(containerId)));

    /// <summary>The directory that holds what the container itself wrote: overlay's upper directory.</summary>
    public string WritableDirectory(string containerId) => _driver.Writable(Existing(containerId));

    /// <summary>Bytes of one layer's files without the layers below; 0 when it is not there.</summary>
    public long LayerSize(Digest chainId)
    {
        if (_coming.Size(chainId) is { } size)
            return size;
        lock (_gate)
            return _layers.TryGetValue(chainId, out var layer) ? layer.Size : 0;
    }

    /// <summary>Removes every layer that neither a container nor <paramref name="needed"/> stands on; answers their chain ids.</summary>
    internal IReadOnlyList<Digest> Collect(Func<Digest, bool> needed)
    {
        lock (_gate)
        {
            var used = new HashSet<Digest>();
            foreach (var id in Containers())
            {
                for (var chain = ParentOf(id); chain is { } c && used.Add(c); chain = _layers.GetValueOrDefault(c)?.Parent) { }
            }
            foreach (var layer in _layers.Keys.Where(needed))
            {
                for (Digest? chain = layer; chain is { } c && used.Add(c); chain = _layers.GetValueOrDefault(c)?.Parent) { }
            }
            var garbage = _layers.Keys.Where(k => !used.Contains(k)).ToArray();
            foreach (var chain in garbage)
            {
                _layers.Remove(chain);
                _measured.TryRemove(chain, out _);
                _trash.Throw(LayerDirectory(chain));
            }
            return garbage;
        }
    }

    // An image's mount points are made once, as one more layer directory beside its top layer, and shared by its containers.
    string[] EnsureMountPoints(Digest? chainId)
    {
        var stack = Stack(chainId);
        var init = InitDirectory(chainId);
        if (Directory.Exists(init))
            return [init, .. stack];
        lock (_initGate)
        {
            if (Directory.Exists(init))
                return [init, .. stack];
            var staging = Path.Combine(_layout.SnapshotStaging(_driver.Name), Guid.NewGuid().ToString("N"));
            Directory.CreateDirectory(staging);
            try
            {
                _driver.PrepareContainer(staging, stack);
                using (var mount = _driver.Mount(staging, stack, readOnly: false, passing: true))
                    MountPoints.Make(mount);
                var made = Path.Combine(staging, "init");
                Directory.CreateDirectory(made);
                At.Rename(At.WorkingDirectory, _driver.Writable(staging), At.WorkingDirectory, Path.Combine(made, "diff"));
                At.Rename(At.WorkingDirectory, made, At.WorkingDirectory, init);
            }
            finally
            {
                _trash.Throw(staging);
            }
        }
        return [init, .. stack];
    }

    string[] StackOf(string containerId)
    {
        var parent = ParentOf(containerId);
        return [InitDirectory(parent), .. Stack(parent)];
    }

    /// <summary>The directories of a layer and all below it, topmost first.</summary>
    string[] Stack(Digest? chainId)
    {
        if (chainId is null)
            return [LayerDirectory(null)];
        _coming.Await(chainId.Value);
        var stack = new List<string>();
        lock (_gate)
        {
            for (var chain = chainId; chain is { } c; chain = _layers[c].Parent)
            {
                if (!_layers.ContainsKey(c))
                    throw new NotFoundException($"layer does not exist: {c}");
                stack.Add(LayerDirectory(c));
            }
        }
        return [.. stack];
    }

    Digest? ParentOf(string containerId)
    {
        var link = new FileInfo(Path.Combine(_layout.ContainerSnapshot(_driver.Name, containerId), ParentLink)).LinkTarget;
        return Digest.TryParse(link, out var digest) ? digest : null;
    }

    string Existing(string containerId) =>
        _layout.ContainerSnapshot(_driver.Name, containerId) is var directory && Directory.Exists(directory)
            ? directory
            : throw new NotFoundException($"container {containerId} has no root file system");

    string LayerDirectory(Digest? chainId) =>
        chainId is { } chain ? _layout.Layer(_driver.Name, chain) : Path.Combine(_layout.SnapshotLayers(_driver.Name), Scratch);

    string InitDirectory(Digest? chainId) => Path.Combine(LayerDirectory(chainId), "init");

    /// <summary>Stops working in the background.</summary>
    public void Dispose()
    {
        _unmounts.Dispose();
        _coming.Dispose();
        _sync.Dispose();
    }

    // A layer without a readable record, or one that was not synced before the machine went down, is unpacked again from its blob.
    void LoadLayer(string directory)
    {
        if (Path.GetFileName(directory) == Scratch)
            return;
        try
        {
            var record = LayerSync.Read(directory);
            if (record.UnsyncedBoot is not null && record.UnsyncedBoot != LayerSync.Boot)
                throw new JsonException("unsynced");
            _layers[record.ChainId] = record;
            if (record.UnsyncedBoot is not null)
                _sync.Add(directory, record);
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            _trash.Throw(directory);
        }
    }
}
