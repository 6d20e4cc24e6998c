using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Files;
using Pier.Model;
using Pier.Store.Layers;
using Pier.Store.Tar;
using Pier.Store.Trees;

namespace Pier.Store.Builds;

/// <summary>
/// A tree that a build writes into and nobody else does: a step's. Links in the paths that are asked for are followed inside the tree;
/// links in what is written over are replaced. Owns the handle.
/// </summary>
public sealed class TargetTree(SafeFileHandle root, CancellationToken ct) : IDisposable
{
    /// <summary>What the tree has now, to read; gone with this one.</summary>
    public SourceTree Reader { get; } = new(root);

    /// <summary>Makes a directory and those above it where they are missing, 0755.</summary>
    public void MakeDirectories(string path, (uint Uid, uint Gid) owner, uint mode = 0x1ED) =>
        Border.Cross(() => Open(RootLinks.Resolve(root, path), owner, mode).Dispose());

    /// <summary>Writes a file over whatever file has the path.</summary>
    public void Write(string path, ReadOnlyMemory<byte> content, (uint Uid, uint Gid) owner, uint mode) =>
        Border.Cross(() =>
        {
            using var parent = OpenParent(path, owner, out var name);
            Clear(parent, name, path);
            using var file = At.Open(
                parent,
                name,
                OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow,
                0x180
            );
            FileCopy.Write(file, content.Span, 0, name);
            At.ChangeOwner(parent, name, owner.Uid, owner.Gid);
            At.ChangeMode(parent, name, mode);
        });

    /// <summary>Copies what a path of a tree leads to, a file of any kind but a directory, to a path.</summary>
    public void CopyFile(SourceTree source, string from, string to, CopyLook look) =>
        Border.Cross(() =>
        {
            var found = source.Locate(from) ?? throw new NotFoundException($"{from}: no such file or directory");
            using var directory = found.Directory;
            using var parent = OpenParent(to, look.Owner ?? (0, 0), out var name);
            new TreeCopier(parent, look, ct).CopyOne(directory, found.Name, found.Stat, name, to);
        });

    /// <summary>Copies what is in a directory of a tree into a directory, which is made where it is missing; directories merge.</summary>
    public void CopyDirectory(SourceTree source, string from, string to, CopyLook look, TreeFilter? filter) =>
        Border.Cross(() =>
        {
            using var held = source.TryHold(from) ?? throw new NotFoundException($"{from}: no such file or directory");
            using var directory = At.Open(held, ".", OpenFlags.Directory);
            using var target = Open(RootLinks.Resolve(root, to), look.Owner ?? (0, 0), 0x1ED);
            new TreeCopier(target, look, ct).CopyChildren(directory, filter);
        });

    /// <summary>Makes a directory that looks like one of a tree where it is missing, with those above it.</summary>
    public void CopyParents(SourceTree source, string from, string to, CopyLook look) =>
        Border.Cross(() =>
        {
            var path = RootLinks.Resolve(root, to);
            if (Reader.Find(path) is { IsDirectory: true })
                return;
            using var parent = OpenParent(path, look.Owner ?? (0, 0), out var name);
            using var held = source.TryHold(from) ?? throw new NotFoundException($"{from}: no such file or directory");
            using var directory = At.Open(held, ".", OpenFlags.Directory);
            At.MakeDirectory(parent, name, 0x1C0);
            TreeMetadata.Apply(FileStat.Of(directory), directory, ".", parent, name, look);
        });

    /// <summary>Unpacks an archive of a tree (tar, plain or compressed) into a directory. False when the file is no archive.</summary>
    public bool TryUnpack(SourceTree source, string from, string to, CopyLook look) =>
        Border.Cross(() =>
        {
            using var held = source.TryHold(from) ?? throw new NotFoundException($"{from}: no such file or directory");
            if (!FileStat.Of(held).IsRegular || !ArchiveProbe.IsArchive(held))
                return false;
            var path = RootLinks.Resolve(root, to);
            Open(path, look.Owner ?? (0, 0), 0x1ED).Dispose();
            using var file = new FileStream(SourceTree.Reopen(held), FileAccess.Read, 128 << 10);
            using var plain = Decompression.Open(file);
            using var unpacker = new AddUnpacker(root, path[1..], look);
            unpacker.Unpack(new TarReader(plain));
            return true;
        });

    SafeFileHandle OpenParent(string path, (uint Uid, uint Gid) owner, out string name)
    {
        var resolved = RootLinks.Resolve(root, path);
        var slash = resolved.LastIndexOf('/');
        name = resolved[(slash + 1)..];
        if (name.Length == 0)
            throw new InvalidParameterException($"cannot write to {path}: it is a directory");
        return Open(resolved[..slash], owner, 0x1ED);
    }

    // The path has no links any more.
    SafeFileHandle Open(string path, (uint Uid, uint Gid) owner, uint mode)
    {
        path = path.Trim('/');
        for (var end = path.IndexOf('/'); path.Length > 0; end = path.IndexOf('/', end + 1))
        {
            var prefix = end < 0 ? path : path[..end];
            if (At.TryMakeDirectory(root, prefix, 0x1ED))
            {
                At.ChangeOwner(root, prefix, owner.Uid, owner.Gid);
                At.ChangeMode(root, prefix, mode);
            }
            if (end < 0)
                break;
        }
        try
        {
            return At.OpenIn(root, path, OpenFlags.Directory, Resolve.InRoot | Resolve.NoMagicLinks);
        }
        catch (LinuxException e) when (e.Errno == Errno.ENOTDIR)
        {
            throw new InvalidParameterException($"cannot copy to non-directory: /{path}", e);
        }
    }

    static void Clear(SafeFileHandle parent, string name, string path)
    {
        if (FileStat.Find(parent, name) is not { } old)
            return;
        if (old.IsDirectory)
            throw new InvalidParameterException($"cannot replace to directory {path} with file");
        At.Unlink(parent, name);
    }

    public void Dispose() => root.Dispose();
}
