using Pier.Linux;
using Pier.Linux.Btrfs;
using Pier.Linux.Files;

namespace Pier.Store.Quotas;

/// <summary>Limits of btrfs: a tree is a subvolume, which counts in a quota group of its own.</summary>
sealed class SubvolumeQuota : ITreeQuota
{
    public bool TryMakeDirectory(string path, uint mode, long limit)
    {
        using var parent = At.Open(At.WorkingDirectory, Path.GetDirectoryName(path)!, OpenFlags.Directory | OpenFlags.NoFollow);
        var name = Path.GetFileName(path);
        try
        {
            Subvolumes.Create(parent, name);
        }
        catch (LinuxException e) when (e.Errno == Errno.EEXIST)
        {
            return false;
        }
        try
        {
            At.ChangeMode(parent, name, mode);
            SetLimit(path, limit);
        }
        catch
        {
            Subvolumes.Delete(parent, name);
            throw;
        }
        return true;
    }

    public void SetLimit(string directory, long limit) => SetLimit(directory, limit, shares: false);

    /// <summary>Bounds what a snapshot has of its own.</summary>
    public static void SetLimitOfSnapshot(string snapshot, long limit) => SetLimit(snapshot, limit, shares: true);

    static void SetLimit(string subvolume, long limit, bool shares)
    {
        using var opened = At.Open(At.WorkingDirectory, subvolume, OpenFlags.Directory | OpenFlags.NoFollow);
        Qgroups.Limit(opened, limit, shares);
    }
}
