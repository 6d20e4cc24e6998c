using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Files;
using Pier.Linux.Quotas;

namespace Pier.Store.Quotas;

/// <summary>
/// Limits of XFS and ext4: a tree is a project. Which numbers are taken, the file system itself knows, and nothing else is kept: a number
/// is free when no file bears it, so none is used again while the trash still holds what bore it, whatever was killed in between.
/// </summary>
sealed class ProjectQuota : ITreeQuota
{
    /// <summary>The numbers that Pier uses, out of the way of those that people and other engines give.</summary>
    internal const uint First = 0x50490000,
        Last = 0x5049FFFF;

    readonly Lock _gate = new();
    uint _next = First;

    public bool TryMakeDirectory(string path, uint mode, long limit)
    {
        lock (_gate)
        {
            if (!At.TryMakeDirectory(At.WorkingDirectory, path, mode))
                return false;
            try
            {
                using var directory = Open(path);
                Take(directory, limit);
            }
            catch
            {
                At.TryRemove(At.WorkingDirectory, path, isDirectory: true);
                throw;
            }
            return true;
        }
    }

    public void SetLimit(string directory, long limit)
    {
        using var opened = Open(directory);
        if (ProjectQuotas.ProjectOf(opened) is var project and >= First and <= Last)
            ProjectQuotas.SetLimit(opened, project, limit);
        else
            lock (_gate)
                Take(opened, limit);
    }

    void Take(SafeFileHandle directory, long limit)
    {
        for (var tries = First; tries <= Last; tries++)
        {
            var project = _next;
            _next = _next == Last ? First : _next + 1;
            if (ProjectQuotas.Usage(directory, project).Files != 0)
                continue;
            ProjectQuotas.SetLimit(directory, project, limit);
            ProjectQuotas.SetProject(directory, project);
            // Two daemons on one file system may have taken it at the same moment: both go on.
            if (ProjectQuotas.Usage(directory, project).Files == 1)
                return;
        }
        throw new LinuxException("quotactl_fd", Errno.ENOSPC, "no free project number");
    }

    static SafeFileHandle Open(string path) => At.Open(At.WorkingDirectory, path, OpenFlags.Directory | OpenFlags.NoFollow);
}
