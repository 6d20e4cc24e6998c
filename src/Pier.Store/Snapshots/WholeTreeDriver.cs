using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;
using Pier.Linux.Mounts;
using Pier.Store.Layers;
using Pier.Store.Tar;
using Pier.Store.Trees;
using OpenFlags = Pier.Linux.Files.OpenFlags;

namespace Pier.Store.Snapshots;

/// <summary>Every layer shows all that is below it, as a tree of its own. A container has "root", mounted by bind.</summary>
abstract class WholeTreeDriver : ISnapshotDriver
{
    public abstract string Name { get; }

    public virtual bool TreesAreSubvolumes => false;

    /// <summary>Makes an empty tree.</summary>
    protected abstract void Create(string tree);

    /// <summary>Makes a tree that begins as another one and goes its own way.</summary>
    protected abstract void Clone(string from, string tree);

    public bool UnpacksApart => false;

    public void BeginLayer(string diff, IReadOnlyList<string> below)
    {
        if (below.Count == 0)
            Create(diff);
        else
            Clone(Path.Combine(below[0], "diff"), diff);
    }

    public IWhiteouts Whiteouts(Trash trash) => new PlainWhiteouts(trash);

    // The tree shows all that is below: there are no gaps.
    public void FinishLayer(string diff, IReadOnlyList<string> below, LayerGaps gaps) { }

    public void PrepareContainer(string directory, IReadOnlyList<string> stack) =>
        Clone(Path.Combine(stack[0], "diff"), Writable(directory));

    public SafeFileHandle Mount(string directory, IReadOnlyList<string> stack, bool readOnly, bool passing, SafeFileHandle? idMap = null) =>
        Bind(Writable(directory), readOnly, idMap);

    /// <summary>A directory as a detached mount.</summary>
    internal static SafeFileHandle Bind(string path, bool readOnly, SafeFileHandle? idMap = null)
    {
        var mount = DetachedMount.Bind(path, recursive: false);
        try
        {
            // Private: what is mounted in the container stays there, though the host's mounts are shared (systemd).
            DetachedMount.SetAttributes(mount, readOnly ? MountAttributes.ReadOnly : 0, propagation: MountFlags.Private, idMap: idMap);
            return mount;
        }
        catch
        {
            mount.Dispose();
            throw;
        }
    }

    public SafeFileHandle View(string directory, IReadOnlyList<string> stack) => Bind(Writable(directory), readOnly: true);

    public SafeFileHandle View(IReadOnlyList<string> stack) => Bind(Path.Combine(stack[0], "diff"), readOnly: true);

    public IReadOnlyList<TreeChange> Changes(string directory, IReadOnlyList<string> stack)
    {
        using var copy = At.Open(At.WorkingDirectory, Writable(directory), OpenFlags.Directory);
        using var original = At.Open(At.WorkingDirectory, Path.Combine(stack[0], "diff"), OpenFlags.Directory);
        return new TreeDiff(copy, original, whole: true).Compute();
    }

    public bool WriteLayer(string directory, IReadOnlyList<string> stack, TarWriter tar, CancellationToken ct)
    {
        using var copy = At.Open(At.WorkingDirectory, Writable(directory), OpenFlags.Directory);
        LayerTar.WriteChanges(copy, Changes(directory, stack), tar, ct);
        // The tree has the engine's own mount points as well.
        return false;
    }

    public IReadOnlyDictionary<string, string> Data(string directory, IReadOnlyList<string> stack) =>
        new Dictionary<string, string> { ["Dir"] = Writable(directory) };

    public string Writable(string directory) => Path.Combine(directory, "root");
}
