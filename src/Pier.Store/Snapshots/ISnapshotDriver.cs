using Microsoft.Win32.SafeHandles;
using Pier.Store.Layers;
using Pier.Store.Tar;
using Pier.Store.Trees;

namespace Pier.Store.Snapshots;

/// <summary>
/// How layers become a root file system. The store owns the directories and their names; a driver fills and mounts them. A layer's
/// directory holds "diff"; what else stands in it, and in a container's directory, is the driver's. Errors are the kernel's: the store
/// translates.
/// </summary>
interface ISnapshotDriver
{
    /// <summary>"overlay", "btrfs", "vfs": also the directory's name under snapshots/.</summary>
    string Name { get; }

    /// <summary>Whether each container's tree is a btrfs subvolume of its own.</summary>
    bool TreesAreSubvolumes => false;

    /// <summary>Whether a layer can be unpacked before the layers below it are there.</summary>
    bool UnpacksApart { get; }

    /// <summary>
    /// Readies a "diff" for a layer over others: <paramref name="below"/> are layer directories, topmost first; none for a driver that
    /// unpacks apart.
    /// </summary>
    void BeginLayer(string diff, IReadOnlyList<string> below);

    /// <summary>How deletions are kept while a layer is unpacked into "diff".</summary>
    IWhiteouts Whiteouts(Trash trash);

    /// <summary>An unpacked layer is about to be put over others.</summary>
    void FinishLayer(string diff, IReadOnlyList<string> below, LayerGaps gaps);

    /// <summary>Makes what a container's directory needs over a stack of layer directories (topmost first, at least one).</summary>
    void PrepareContainer(string directory, IReadOnlyList<string> stack);

    /// <summary>
    /// The container's root file system as a detached mount; through the mapping of a user namespace where one is given: what is stored
    /// keeps its ids.
    /// </summary>
    /// <param name="passing">What is written need not outlive the machine: syncs in it may do nothing.</param>
    SafeFileHandle Mount(string directory, IReadOnlyList<string> stack, bool readOnly, bool passing, SafeFileHandle? idMap = null);

    /// <summary>What the container has now, read-only, as a detached mount; also while it runs on a mount of its own.</summary>
    SafeFileHandle View(string directory, IReadOnlyList<string> stack);

    /// <summary>A stack of layer directories alone, read-only, as a detached mount.</summary>
    SafeFileHandle View(IReadOnlyList<string> stack);

    /// <summary>What the container has otherwise than its stack; also while it runs.</summary>
    IReadOnlyList<TreeChange> Changes(string directory, IReadOnlyList<string> stack);

    /// <summary>
    /// Writes what the container has otherwise than its stack as a layer. True when <see cref="Writable"/> holds that layer and nothing
    /// else, in the driver's own form: it may become the layer's "diff".
    /// </summary>
    bool WriteLayer(string directory, IReadOnlyList<string> stack, TarWriter tar, CancellationToken ct);

    /// <summary>inspect's GraphDriver.Data.</summary>
    IReadOnlyDictionary<string, string> Data(string directory, IReadOnlyList<string> stack);

    /// <summary>The directory whose content is the container's own.</summary>
    string Writable(string directory);
}
