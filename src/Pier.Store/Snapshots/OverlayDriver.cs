using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Files;
using Pier.Linux.Mounts;
using Pier.Store.Layers;
using Pier.Store.Tar;
using Pier.Store.Trees;
using OpenFlags = Pier.Linux.Files.OpenFlags;

namespace Pier.Store.Snapshots;

/// <summary>Layers stacked by overlayfs: a layer's "diff" is a lower directory, a container has "upper" and "work".</summary>
sealed class OverlayDriver : ISnapshotDriver
{
    public string Name => "overlay";
    public bool UnpacksApart => true;

    public void BeginLayer(string diff, IReadOnlyList<string> below) => Directory.CreateDirectory(diff);

    public IWhiteouts Whiteouts(Trash trash) => new OverlayWhiteouts();

    // A merged directory shows the topmost one's owner and mode (overlayfs.rst, "Directories").
    public void FinishLayer(string diff, IReadOnlyList<string> below, LayerGaps gaps)
    {
        if (below.Count == 0)
            return;
        if (!gaps.HasBase)
            TakeRootAttributes(Diff(below[0]), diff);
        if (gaps.Directories.Count == 0)
            return;
        using var root = At.Open(At.WorkingDirectory, diff, OpenFlags.Directory | OpenFlags.NoFollow);
        var layers = below.Select(b => At.Open(At.WorkingDirectory, Diff(b), OpenFlags.Directory | OpenFlags.NoFollow)).ToArray();
        try
        {
            foreach (var path in gaps.Directories)
                Fill(root, path, layers);
        }
        finally
        {
            foreach (var layer in layers)
                layer.Dispose();
        }
    }

    public void PrepareContainer(string directory, IReadOnlyList<string> stack)
    {
        At.MakeDirectory(At.WorkingDirectory, Writable(directory), 0x1ED);
        At.MakeDirectory(At.WorkingDirectory, Work(directory), 0x1C0);
        TakeRootAttributes(Diff(stack[0]), Writable(directory));
    }

    public SafeFileHandle Mount(string directory, IReadOnlyList<string> stack, bool readOnly, bool passing, SafeFileHandle? idMap = null)
    {
        // Nothing is written through a read-only mount: its end has nothing to bring to the disk.
        passing |= readOnly;
        ClearPassing(directory);
        if (idMap is null)
            return new OverlayMount([.. stack.Select(Diff)], Writable(directory), Work(directory), readOnly) { Passing = passing }.Create();
        // Overlayfs cannot be mapped itself, but takes mapped layers; upper and work have to be on one mount.
        using var layers = new MappedLayers(idMap);
        return new OverlayMount([.. stack.Select(s => layers.Map(Diff(s)))], Writable(layers.Map(directory)), Work(layers.Last), readOnly)
        {
            Passing = passing,
        }.Create();
    }

    // A "volatile" mount leaves a mark, and nothing mounts over it again (overlayfs.rst, "Volatile mount"): after a crash of the machine
    // the upper directory may be torn. What was mounted so does not outlive the machine here, so the mark says nothing.
    static void ClearPassing(string directory)
    {
        var mark = Path.Combine(Work(directory), "work", "incompat", "volatile");
        if (At.TryRemove(At.WorkingDirectory, Path.Combine(mark, "dirty"), isDirectory: false) == 0)
            At.RemoveDirectory(At.WorkingDirectory, mark);
    }

    // A second writable mount over one upper directory is undefined (overlayfs.rst, "Sharing and copying layers"); as a lower directory it
    // may be read.
    public SafeFileHandle View(string directory, IReadOnlyList<string> stack) =>
        new OverlayMount([Writable(directory), .. stack.Select(Diff)], ReadOnly: true).Create();

    // One directory is no overlay: the empty one below it makes two.
    public SafeFileHandle View(IReadOnlyList<string> stack)
    {
        if (stack.Count > 1)
            return new OverlayMount([.. stack.Select(Diff)], ReadOnly: true).Create();
        var empty = Path.Combine(Path.GetDirectoryName(stack[0])!, SnapshotStore.Scratch);
        return stack[0] == empty
            ? WholeTreeDriver.Bind(Diff(empty), readOnly: true)
            : new OverlayMount([Diff(stack[0]), Diff(empty)], ReadOnly: true).Create();
    }

    public IReadOnlyList<TreeChange> Changes(string directory, IReadOnlyList<string> stack)
    {
        using var upper = At.Open(At.WorkingDirectory, Writable(directory), OpenFlags.Directory);
        using var lower = new OverlayMount([.. stack.Select(Diff)], ReadOnly: true).Create();
        return new TreeDiff(upper, lower, whole: false).Compute();
    }

    public bool WriteLayer(string directory, IReadOnlyList<string> stack, TarWriter tar, CancellationToken ct)
    {
        using var upper = At.Open(At.WorkingDirectory, Writable(directory), OpenFlags.Directory);
        return LayerTar.WriteUpper(upper, tar, ct);
    }

    public IReadOnlyDictionary<string, string> Data(string directory, IReadOnlyList<string> stack) =>
        new Dictionary<string, string>
        {
            ["LowerDir"] = string.Join(':', stack.Select(Diff)),
            ["MergedDir"] = Path.Combine(directory, "merged"),
            ["UpperDir"] = Writable(directory),
            ["WorkDir"] = Work(directory),
        };

    public string Writable(string directory) => Path.Combine(directory, "upper");

    static string Work(string directory) => Path.Combine(directory, "work");

    static string Diff(string layer) => Path.Combine(layer, "diff");

    static void Fill(SafeFileHandle root, string path, SafeFileHandle[] layers)
    {
        // Whatever stands there now may be the work of later entries.
        using var own = TreeWalk.TryOpen(root, path);
        if (own is null)
            return;
        foreach (var layer in layers)
        {
            try
            {
                using var found = At.OpenIn(layer, path, OpenFlags.Path | OpenFlags.NoFollow, Resolve.Beneath | Resolve.NoSymlinks);
                if (FileStat.Of(found) is not { IsDirectory: true } stat)
                    return;
                At.ChangeOwner(own, ".", stat.Uid, stat.Gid);
                At.ChangeMode(own, ".", stat.Mode & ModeBits.PermissionMask);
                return;
            }
            catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
            {
                // Not in this layer; maybe in one further down.
            }
        }
    }

    // A merged directory shows the topmost one's owner and mode: "/" must look as in the image.
    static void TakeRootAttributes(string from, string to)
    {
        var stat = FileStat.Of(At.WorkingDirectory, from);
        At.ChangeOwner(At.WorkingDirectory, to, stat.Uid, stat.Gid);
        At.ChangeMode(At.WorkingDirectory, to, stat.Mode & ModeBits.PermissionMask);
    }
}
