using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Files;
using Pier.Model;
using Pier.Store.Layers;
using Pier.Store.Tar;

namespace Pier.Store.Trees;

/// <summary>
/// Unpacks a tar into a container's tree, which may be in use by hostile processes: what a name stands for is held by a descriptor before
/// a call that would follow links. Whiteouts mean nothing here.
/// </summary>
sealed class CopyUnpacker(SafeFileHandle root, string baseDirectory, CopyInOptions options) : TreeUnpacker(root, baseDirectory)
{
    // The directory that is copied into keeps its own owner and mode.
    protected override void ApplyBase(TarEntry entry) { }

    protected override (uint Uid, uint Gid) OwnerOf(TarEntry entry) =>
        options.Owner is var (uid, gid) ? Outside(uid, gid) : Outside(entry.Uid, entry.Gid);

    (uint Uid, uint Gid) Outside(uint uid, uint gid) => options.Outside is { } outside ? outside(uid, gid) : (uid, gid);

    protected override void Clear(SafeFileHandle parent, string name, FileStat old, TarEntry entry)
    {
        if (options.KeepKinds && old.IsDirectory)
            throw new InvalidParameterException(
                $"cannot overwrite directory {ArchivePath.Quote(Shown(entry))} with non-directory {ArchivePath.Quote(Shown(entry))}"
            );
        if (options.KeepKinds && entry.Kind == TarKind.Directory)
            throw new InvalidParameterException(
                $"cannot overwrite non-directory {ArchivePath.Quote(Shown(entry))} with directory {ArchivePath.Quote(Shown(entry))}"
            );
        if (old.IsDirectory)
            TreeRemoval.Remove(parent, name);
        else
            At.Unlink(parent, name);
    }

    protected override void SetMode(SafeFileHandle parent, string name, uint mode)
    {
        using var held = At.Open(parent, name, OpenFlags.Path | OpenFlags.NoFollow);
        // chmod(2) through the magic link reaches the file that is held, and refuses a link (EOPNOTSUPP) that was put in its place.
        if (!FileStat.Of(held).IsSymlink)
            At.ChangeMode(At.WorkingDirectory, At.FdPath(held), mode);
    }

    string Shown(TarEntry entry) => "/" + TreeWalk.Join(Base, entry.Name.Trim('/'));
}
