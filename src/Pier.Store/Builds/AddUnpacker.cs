using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;
using Pier.Store.Layers;
using Pier.Store.Tar;
using Pier.Store.Trees;

namespace Pier.Store.Builds;

/// <summary>Unpacks an archive that ADD names into a step's tree. Whiteouts mean nothing here; what an entry replaces goes away.</summary>
sealed class AddUnpacker(SafeFileHandle root, string baseDirectory, CopyLook look) : TreeUnpacker(root, baseDirectory)
{
    // The directory that is unpacked into keeps its own owner and mode.
    protected override void ApplyBase(TarEntry entry) { }

    protected override (uint Uid, uint Gid) OwnerOf(TarEntry entry) => look.Owner ?? (entry.Uid, entry.Gid);

    protected override void Clear(SafeFileHandle parent, string name, FileStat old, TarEntry entry)
    {
        if (old.IsDirectory)
            TreeRemoval.Remove(parent, name);
        else
            At.Unlink(parent, name);
    }

    protected override void SetMode(SafeFileHandle parent, string name, uint mode) =>
        At.ChangeMode(parent, name, look.Mode?.Invoke(mode, FileStat.Of(parent, name).IsDirectory) ?? mode);
}
