using Pier.Linux.Files;
using Pier.Linux.Quotas;

namespace Pier.Store.Quotas;

/// <summary>
/// Which kind of limit the file systems of a data root can carry. Asked at every use: quotas are switched on and off while a daemon runs.
/// </summary>
sealed class TreeQuotas
{
    readonly ProjectQuota _projects = new();
    readonly SubvolumeQuota _subvolumes = new();

    /// <summary>The limits of trees below a directory, or null where its file system has none.</summary>
    public ITreeQuota? Below(string directory)
    {
        using var opened = At.Open(At.WorkingDirectory, directory, OpenFlags.Directory);
        if (FileSystem.Of(opened).Magic == FileSystem.Btrfs)
            return _subvolumes;
        return ProjectQuotas.AreEnforced(opened) ? _projects : null;
    }
}
