namespace Pier.Linux.Cgroups;

/// <summary>Which groups a process is in (/proc/PID/cgroup, man 7 cgroups).</summary>
public static class OwnMembership
{
    /// <summary>
    /// Mount points of hierarchies without controllers in which the process sits in a group of its own: containers have to leave that too,
    /// or they end with their daemon's service.
    /// </summary>
    public static IReadOnlyList<string> HierarchiesToLeave(CgroupLayout layout, string procCgroup)
    {
        var leave = new List<string>();
        foreach (var line in procCgroup.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = line.Split(':', 3);
            if (fields.Length != 3 || fields[2] == "/")
                continue;
            var hierarchy =
                fields[1].Length == 0
                    ? layout.UnifiedHierarchy
                    : layout.Hierarchies.FirstOrDefault(h => h.Name is { } name && fields[1] == $"name={name}");
            if (hierarchy is not null)
                leave.Add(hierarchy.MountPoint);
        }
        return leave;
    }

    /// <summary>The path of a process in a v1 controller's hierarchy, or in the unified one for ""; null when it has none.</summary>
    public static string? PathOf(string procCgroup, string controller)
    {
        foreach (var line in procCgroup.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = line.Split(':', 3);
            if (fields.Length == 3 && fields[1].Split(',').Contains(controller))
                return fields[2];
        }
        return null;
    }
}
