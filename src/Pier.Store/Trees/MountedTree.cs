using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Files;
using Pier.Linux.Mounts;
using Pier.Model;
using OpenFlags = Pier.Linux.Files.OpenFlags;

namespace Pier.Store.Trees;

/// <summary>
/// A container's tree with its volumes in their places, put together while nothing runs in it: what `cp` sees of a stopped container.
/// </summary>
public static class MountedTree
{
    const Resolve Inside = Resolve.InRoot | Resolve.NoMagicLinks;

    /// <summary>
    /// Takes a writable snapshot's mount (which it closes) and answers the whole tree as one detached mount. Places that are missing are
    /// made, as a start would make them. <paramref name="readOnly"/> is the snapshot's own part: what is mounted in it keeps its mode.
    /// </summary>
    public static SafeFileHandle Open(SafeFileHandle root, IEnumerable<PlacedMount> mounts, bool readOnly) =>
        Border.Cross(() =>
        {
            var parts = new List<(string Target, SafeFileHandle Mount)>();
            SafeFileHandle? mount = null;
            try
            {
                foreach (var placed in mounts.OrderBy(m => m.Destination.Count(c => c == '/')))
                {
                    mount = Open(placed);
                    var (below, place) = Below(root, parts, placed.Destination);
                    MakePlace(below, place, FileStat.Of(mount).IsDirectory);
                    parts.Add((placed.Destination, mount));
                    mount = null;
                }
                if (readOnly)
                    DetachedMount.SetAttributes(root, MountAttributes.ReadOnly);
                return MountAssembly.Make(root, parts);
            }
            finally
            {
                mount?.Dispose();
                foreach (var part in parts)
                    part.Mount.Dispose();
                root.Dispose();
            }
        });

    // What a mount stands on: the innermost of those before it, or the snapshot.
    static (SafeFileHandle Tree, string Path) Below(
        SafeFileHandle root,
        List<(string Target, SafeFileHandle Mount)> parts,
        string destination
    )
    {
        var (target, mount) = parts
            .Where(p => destination.StartsWith(p.Target + "/", StringComparison.Ordinal))
            .DefaultIfEmpty((Target: "", Mount: root))
            .MaxBy(p => p.Target.Length);
        return (mount, destination[target.Length..]);
    }

    static SafeFileHandle Open(PlacedMount placed)
    {
        var mount = placed.Mount is { } detached
            ? DetachedMount.Bind("", recursive: true, detached)
            : DetachedMount.Bind(placed.Source, placed.Recursive);
        if (placed.ReadOnly)
            DetachedMount.SetAttributes(mount, MountAttributes.ReadOnly, recursive: placed.Recursive);
        return mount;
    }

    static void MakePlace(SafeFileHandle root, string path, bool directory)
    {
        var asked = new RootPath(path);
        try
        {
            At.OpenIn(root, asked.Clean, OpenFlags.Path, Inside).Dispose();
            return;
        }
        catch (LinuxException e) when (e.Errno == Errno.ENOENT) { }
        using var parent =
            asked.Parent.Length == 0 ? At.Open(root, ".", OpenFlags.Path | OpenFlags.Directory) : OpenParent(root, asked.Parent);
        if (directory)
            At.TryMakeDirectory(parent, asked.Last, 0x1ED);
        else
            At.Open(parent, asked.Last, OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, 0x1ED).Dispose();
    }

    static SafeFileHandle OpenParent(SafeFileHandle root, string path)
    {
        MakePlace(root, "/" + path, directory: true);
        return At.OpenIn(root, path, OpenFlags.Path | OpenFlags.Directory, Inside);
    }
}
