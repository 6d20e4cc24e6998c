namespace Pier.KernelTests.Store;

/// <summary>A btrfs on a file of its own, mounted while a class of tests runs.</summary>
public sealed class BtrfsDisk : IDisposable
{
    readonly string _base = TestStore.NewDirectory();

    public BtrfsDisk() =>
        Shell.Run("truncate -s 400M $1/disk && mkfs.btrfs -q $1/disk && mkdir $1/mounted && mount -o loop $1/disk $1/mounted", _base);

    /// <summary>Where it is mounted.</summary>
    public string Directory => Path.Combine(_base, "mounted");

    // The loop device goes with the mount.
    public void Dispose() => Shell.Run("umount -l $1/mounted; rm -rf $1", _base);
}
