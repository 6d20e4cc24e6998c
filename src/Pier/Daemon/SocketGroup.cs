using System.Globalization;
using Pier.Linux;
using Pier.Linux.Files;

namespace Pier.Daemon;

/// <summary>Hands the API's socket to a group, whose members may then use the engine (and are as powerful as root).</summary>
static class SocketGroup
{
    const uint Unchanged = uint.MaxValue;

    /// <summary>A group that does not exist leaves the socket to root, with a warning unless it is the default one.</summary>
    public static void Assign(string path, string group, DaemonLog log)
    {
        if (group.Length == 0)
            return;
        if (Find(group) is not { } gid)
        {
            if (group != "docker")
                log.Warn($"could not change group {path} to {group}: group {group} not found");
            return;
        }
        try
        {
            At.ChangeOwner(At.WorkingDirectory, path, Unchanged, gid);
        }
        catch (LinuxException e)
        {
            log.Warn($"could not change group {path} to {group}: {e.Message}");
        }
    }

    // man 5 group: name:password:gid:members
    static uint? Find(string group)
    {
        if (uint.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        foreach (var line in File.Exists("/etc/group") ? File.ReadLines("/etc/group") : [])
        {
            var fields = line.Split(':');
            if (
                fields.Length > 2
                && fields[0] == group
                && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var gid)
            )
                return gid;
        }
        return null;
    }
}
