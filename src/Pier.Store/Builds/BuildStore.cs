using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;
using Pier.Linux.Mounts;
using Pier.Model;
using Pier.Store.Content;
using Pier.Store.Layers;
using Pier.Store.Snapshots;
using Pier.Store.Tar;
using OpenFlags = Pier.Linux.Files.OpenFlags;

namespace Pier.Store.Builds;

/// <summary>What builds keep between and while they run: trees that were sent, cache mounts, content hashes. Thread-safe.</summary>
public sealed class BuildStore
{
    readonly Layout _layout;
    readonly SnapshotStore _snapshots;
    readonly ContentStore _content;
    readonly Trash _trash;
    readonly FileHashes _files = new();
    readonly ConcurrentDictionary<string, (DateTimeOffset Used, long Bytes)> _measured = new(StringComparer.Ordinal);

    internal BuildStore(Layout layout, SnapshotStore snapshots, ContentStore content, Trash trash, BuildCacheStore cache)
    {
        (_layout, _snapshots, _content, _trash, Cache) = (layout, snapshots, content, trash, cache);
    }

    /// <summary>What builds have made, by key.</summary>
    public BuildCacheStore Cache { get; }

    /// <summary>After a build: writes down what the cache noted while it ran. In the background.</summary>
    public void Settle() =>
        Task.Run(() =>
        {
            try
            {
                Cache.Flush(_content.IsSettled);
            }
            catch (EngineException)
            {
                // A record that was not written costs a step of a later build.
            }
        });

    /// <summary>
    /// What a record takes on disk by itself: its last layer, as a blob and unpacked, or its directory. Other records, images and
    /// containers may have the layer as well. What does not change between two builds is measured once.
    /// </summary>
    public long SizeOf(BuildCacheRecord record) =>
        Border.Cross(() =>
        {
            if (record.Empty)
                return 0;
            if (record.ChainId is { } chain)
                return _snapshots.LayerUsage(chain) + _content.Usage(record.Layers[^1].Blob.Digest);
            if (record.Tree is not null || Cache.DirectoryOf(record) is not { } directory)
                return record.Size;
            if (_measured.TryGetValue(record.Id, out var known) && known.Used == record.LastUsedAt)
                return known.Bytes;
            var isQuiet = !Cache.IsHeld(record.Id);
            var bytes = DiskUsage.Of(directory).Bytes;
            if (isQuiet)
                _measured[record.Id] = (record.LastUsedAt, bytes);
            return bytes;
        });

    /// <summary>
    /// A new, empty directory for files of a build; it goes with the engine's next start at the latest, unless a cache record names it.
    /// </summary>
    public string NewTree(out string id) => MakeTree(id = Guid.NewGuid().ToString("N"));

    /// <summary>A directory that was made by <see cref="NewTree"/>.</summary>
    public string Tree(string id) => _layout.BuildTree(id);

    /// <summary>What such a directory takes on disk.</summary>
    public DiskUsage TreeUsage(string id) => Border.Cross(() => DiskUsage.Of(_layout.BuildTree(id)));

    /// <summary>Takes such a directory away; false when there is none.</summary>
    public bool RemoveTree(string id) => Border.Cross(() => _trash.Throw(_layout.BuildTree(id)));

    /// <summary>
    /// Unpacks a tar (plain or compressed) into a directory of <see cref="NewTree"/>; no entry leads out of it, everything is root's.
    /// Throws <see cref="InvalidParameterException"/> when it is broken.
    /// </summary>
    public void UnpackTree(string id, Stream tar, CancellationToken ct) =>
        Border.Cross(() =>
        {
            using var directory = At.Open(At.WorkingDirectory, _layout.BuildTree(id), OpenFlags.Directory | OpenFlags.NoFollow);
            using var plain = Decompression.Open(new AwaitedReadStream(tar, ct), out _);
            using var unpacker = new AddUnpacker(directory, "", new CopyLook((0, 0), null));
            unpacker.Unpack(new TarReader(plain));
        });

    /// <summary>Takes files out of a tree of <see cref="NewTree"/>; a directory goes when nothing is left in it that stays.</summary>
    public void Prune(string id, TreeFilter filter) =>
        Border.Cross(() =>
        {
            using var directory = At.Open(At.WorkingDirectory, _layout.BuildTree(id), OpenFlags.Directory | OpenFlags.NoFollow);
            TreePruning.Prune(directory, filter);
        });

    /// <summary>The layers of a stack (null: none) to read. A lease must hold them.</summary>
    public SourceTree OpenLayers(Digest? chainId) => new(_snapshots.ViewLayers(chainId));

    /// <summary>A directory of <see cref="NewTree"/> to write into.</summary>
    public TargetTree OpenTree(string id, CancellationToken ct) =>
        new(Border.Cross(() => At.Open(At.WorkingDirectory, _layout.BuildTree(id), OpenFlags.Directory | OpenFlags.NoFollow)), ct);

    /// <summary>A step's tree to write into.</summary>
    public static TargetTree OpenStep(StepTree step, CancellationToken ct) => new(step.Mount(), ct);

    /// <summary>
    /// The content of a selection: names that the caller gives and the paths that they stand for. Times do not count, nor does the metadata
    /// of a directory that a path leads to; owners only when asked for.
    /// </summary>
    public Digest Hash(
        SourceTree tree,
        IEnumerable<(string Name, string Path)> selection,
        TreeFilter? filter,
        bool owners,
        CancellationToken ct
    ) =>
        Border.Cross(() =>
        {
            using var hash = new TreeHash(tree.Hashes ?? _files, owners);
            foreach (var (name, path) in selection)
                hash.Add(tree, path, name, filter, ct);
            return Digest.FromSha256(hash.Finish());
        });

    /// <summary>Whether a cache mount's directory is there.</summary>
    public bool HasCacheMount(string id) => Directory.Exists(_layout.BuildCache(id));

    /// <summary>Makes a cache mount's directory, once; what is there already stays as it is. The caller holds the id.</summary>
    public void CreateCacheMount(
        string id,
        string description,
        uint mode,
        (uint Uid, uint Gid) owner,
        SourceTree? content,
        string source
    ) =>
        Border.Cross(() =>
        {
            if (HasCacheMount(id))
                return;
            var staging = NewTree(out var treeId);
            try
            {
                using (var directory = At.Open(At.WorkingDirectory, staging, OpenFlags.Directory | OpenFlags.NoFollow))
                {
                    At.ChangeOwner(directory, ".", owner.Uid, owner.Gid);
                    At.ChangeMode(directory, mode);
                    if (content is not null)
                        new TargetTree(At.Open(directory, ".", OpenFlags.Directory), CancellationToken.None).CopyDirectory(
                            content,
                            source,
                            "/",
                            new CopyLook(null, null),
                            null
                        );
                }
                // Two steps may make it at once: the first one stays (a directory that is not empty is not replaced, an empty one is
                // alike).
                Directory.Move(staging, _layout.BuildCache(id));
                Cache.Put(
                    BuildCacheRecord.OfDirectory(id, "cache mount", BuildCacheTypes.CacheMount, description) with
                    {
                        CacheMount = id,
                    }
                );
            }
            catch (IOException) when (HasCacheMount(id)) { }
            finally
            {
                RemoveTree(treeId);
            }
        });

    /// <summary>A cache mount's directory as a detached mount.</summary>
    public SafeFileHandle MountCache(string id, bool readOnly) =>
        Border.Cross(() =>
        {
            using var directory = At.Open(
                At.WorkingDirectory,
                _layout.BuildCache(id),
                OpenFlags.Path | OpenFlags.Directory | OpenFlags.NoFollow
            );
            return Volumes.VolumeStore.OpenSubpath(directory, ".", readOnly);
        });

    /// <summary>Bytes in memory as a read-only file mount: a secret, which touches no disk.</summary>
    public static SafeFileHandle MountSecret(ReadOnlySpan<byte> content, uint mode, (uint Uid, uint Gid) owner)
    {
        var bytes = content.ToArray();
        return Border.Cross(() => SecretMount.Create(bytes, mode, owner));
    }

    /// <summary>An empty tmpfs as a detached mount. Size in bytes, 0 for half of the memory.</summary>
    public static SafeFileHandle MountTmpfs(long size) =>
        Border.Cross(() =>
            DetachedMount.New(
                "tmpfs",
                size > 0 ? [$"size={size}", "mode=1777"] : ["mode=1777"],
                MountAttributes.NoSuid | MountAttributes.NoDev,
                "tmpfs"
            )
        );

    /// <summary>A file or socket of this host as a detached mount.</summary>
    public static SafeFileHandle MountFile(string path) => Border.Cross(() => DetachedMount.Bind(path, recursive: false));

    string MakeTree(string id)
    {
        var path = _layout.BuildTree(id);
        Border.Cross(() => At.MakeDirectory(At.WorkingDirectory, path, 0x1ED));
        return path;
    }
}
