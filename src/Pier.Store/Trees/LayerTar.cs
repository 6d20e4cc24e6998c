using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;
using Pier.Store.Tar;

namespace Pier.Store.Trees;

/// <summary>
/// Writes what a container changed as a layer (OCI image spec, layer.md): deletions as ".wh." files, hidden directories with an opaque
/// mark. The same directories give the same bytes.
/// </summary>
static class LayerTar
{
    const string WhiteoutPrefix = ".wh.",
        OpaqueMark = ".wh..wh..opq";

    /// <summary>From overlayfs's upper directory, which holds exactly the layer. False when it has files that no layer can have.</summary>
    internal static bool WriteUpper(SafeFileHandle upper, TarWriter tar, CancellationToken ct)
    {
        var exact = true;
        var archive = new TreeArchive(tar, ct);
        TreeWalk.Visit(
            upper,
            (directory, name, path, stat) =>
            {
                // A file with a whiteout's name would delete another one where the layer is unpacked.
                if (name.StartsWith(WhiteoutPrefix, StringComparison.Ordinal))
                    return exact = false;
                exact &= stat.Type != ModeBits.Socket;
                if (stat.IsWhiteout)
                {
                    tar.Write(Mark(Whiteout(path)));
                    return false;
                }
                archive.Add(directory, name, stat, path);
                if (stat.IsDirectory && OverlayMarks.IsOpaque(directory, name))
                    tar.Write(Mark($"{path}/{OpaqueMark}"));
                return true;
            },
            ct
        );
        tar.Finish();
        return exact;
    }

    /// <summary>From a full tree and the list of what changed in it.</summary>
    internal static void WriteChanges(SafeFileHandle root, IReadOnlyList<TreeChange> changes, TarWriter tar, CancellationToken ct)
    {
        var archive = new TreeArchive(tar, ct);
        foreach (var change in changes)
        {
            var path = change.Path[1..];
            var slash = path.LastIndexOf('/');
            var name = path[(slash + 1)..];
            if (name.StartsWith(WhiteoutPrefix, StringComparison.Ordinal))
                continue;
            if (change.Kind == ChangeKind.Deleted)
            {
                tar.Write(Mark(Whiteout(path)));
                continue;
            }
            using var directory = TreeWalk.TryOpen(root, slash < 0 ? "" : path[..slash]);
            if (directory is not null && FileStat.Find(directory, name) is { } stat)
                archive.Add(directory, name, stat, path);
        }
        tar.Finish();
    }

    static string Whiteout(string path)
    {
        var slash = path.LastIndexOf('/');
        return path[..(slash + 1)] + WhiteoutPrefix + path[(slash + 1)..];
    }

    static TarEntry Mark(string name) =>
        new()
        {
            Name = name,
            Kind = TarKind.Regular,
            Mode = 0x180,
        };
}
