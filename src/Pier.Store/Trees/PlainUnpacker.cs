using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;
using Pier.Store.Layers;
using Pier.Store.Tar;

namespace Pier.Store.Trees;

/// <summary>
/// Unpacks a tar over a tree as it stands in the archive, the base directory's owner, mode and times included. Names that begin with .wh.
/// are names.
/// </summary>
sealed class PlainUnpacker(SafeFileHandle root, Trash trash) : TreeUnpacker(root, "")
{
    readonly SafeFileHandle _root = root;

    protected override void ApplyBase(TarEntry entry) => SetMetadata(entry, _root, ".", "");

    protected override void Clear(SafeFileHandle parent, string name, FileStat old, TarEntry entry)
    {
        if (old.IsDirectory)
            trash.Throw(parent, name);
        else
            At.Unlink(parent, name);
    }

    protected override void SetMode(SafeFileHandle parent, string name, uint mode) => At.ChangeMode(parent, name, mode);
}
