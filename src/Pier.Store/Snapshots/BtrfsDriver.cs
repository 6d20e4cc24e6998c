using Pier.Linux.Btrfs;
using Pier.Linux.Files;

namespace Pier.Store.Snapshots;

/// <summary>
/// Every layer a subvolume, and a snapshot of the one below it: a container is made in constant time, and shares what it does not write.
/// </summary>
sealed class BtrfsDriver : WholeTreeDriver
{
    public override string Name => "btrfs";
    public override bool TreesAreSubvolumes => true;

    protected override void Create(string tree)
    {
        using var parent = Parent(tree);
        Subvolumes.Create(parent, Path.GetFileName(tree));
    }

    protected override void Clone(string from, string tree)
    {
        using var parent = Parent(tree);
        using var source = At.Open(At.WorkingDirectory, from, OpenFlags.Directory | OpenFlags.NoFollow);
        Subvolumes.Snapshot(source, parent, Path.GetFileName(tree));
    }

    static Microsoft.Win32.SafeHandles.SafeFileHandle Parent(string tree) =>
        At.Open(At.WorkingDirectory, Path.GetDirectoryName(tree)!, OpenFlags.Directory | OpenFlags.NoFollow);
}
