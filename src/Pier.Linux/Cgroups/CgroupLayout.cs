namespace Pier.Linux.Cgroups;

/// <summary>One mounted hierarchy: a v1 mount with its controllers ("cpu", "cpuacct"), or the unified one.</summary>
/// <param name="MountPoint">Where it is mounted, "/sys/fs/cgroup/memory".</param>
/// <param name="Controllers">v1: the mount's controllers; a named hierarchy has none. v2: those that its root offers.</param>
/// <param name="Name">"systemd" for the mount option name=systemd, otherwise null.</param>
/// <param name="Unified">Whether it is cgroup v2.</param>
public sealed record CgroupHierarchy(string MountPoint, IReadOnlyList<string> Controllers, string? Name, bool Unified)
{
    /// <summary>The directory's name below /sys/fs/cgroup, as containers see it.</summary>
    public string DirectoryName => Path.GetFileName(MountPoint.TrimEnd('/'));

    /// <summary>The option string that mounts the same hierarchy once more.</summary>
    public string MountData => Name is null ? string.Join(',', Controllers) : $"none,name={Name}";
}

/// <summary>How a host's control groups are laid out (man 7 cgroups).</summary>
/// <param name="Unified">The pure v2 case: one hierarchy holds every controller. Otherwise v1 or hybrid.</param>
/// <param name="Hierarchies">All hierarchies; in the hybrid case the v2 one, which has no controllers, is among them.</param>
public sealed record CgroupLayout(bool Unified, IReadOnlyList<CgroupHierarchy> Hierarchies)
{
    static readonly string[] KnownControllers =
    [
        "cpuset",
        "cpu",
        "cpuacct",
        "blkio",
        "memory",
        "devices",
        "freezer",
        "net_cls",
        "perf_event",
        "net_prio",
        "hugetlb",
        "pids",
        "rdma",
        "misc",
    ];

    /// <summary>The v1 hierarchies with controllers.</summary>
    public IEnumerable<CgroupHierarchy> Legacy => Hierarchies.Where(h => !h.Unified && h.Controllers.Count > 0);

    /// <summary>The v2 hierarchy, or null.</summary>
    public CgroupHierarchy? UnifiedHierarchy => Hierarchies.FirstOrDefault(h => h.Unified);

    /// <summary>The hierarchy that has a v1 controller, or null.</summary>
    public CgroupHierarchy? WithController(string controller) =>
        Hierarchies.FirstOrDefault(h => !h.Unified && h.Controllers.Contains(controller));

    /// <summary>
    /// Reads the layout out of /proc/self/mountinfo (man 5 proc_pid_mountinfo). <paramref name="readControllers"/> gives the
    /// text of cgroup.controllers of a v2 mount point.
    /// </summary>
    public static CgroupLayout Parse(string mountinfo, Func<string, string> readControllers)
    {
        var found = new Dictionary<string, CgroupHierarchy>();
        foreach (var line in mountinfo.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var halves = line.Split(" - ", 2);
            if (halves.Length != 2)
                continue;
            var type = halves[1].Split(' ');
            if (type[0] is not ("cgroup" or "cgroup2") || type.Length < 3)
                continue;
            var fields = halves[0].Split(' ');
            // Bind mounts of a group into some container are not a hierarchy's own mount.
            if (fields.Length < 5 || fields[3].StartsWith("/..", StringComparison.Ordinal))
                continue;
            var mountPoint = Unescape(fields[4]);
            if (!mountPoint.StartsWith("/sys/fs/cgroup", StringComparison.Ordinal))
                continue;
            var hierarchy =
                type[0] == "cgroup2"
                    ? new CgroupHierarchy(mountPoint, Words(readControllers(mountPoint)), null, true)
                    : V1(mountPoint, type[2]);
            found[mountPoint] = hierarchy;
        }
        var all = found.Values.ToArray();
        return new CgroupLayout(all.Length > 0 && all.All(h => h.Unified), all);
    }

    static CgroupHierarchy V1(string mountPoint, string superOptions)
    {
        var options = superOptions.Split(',');
        var name = options.FirstOrDefault(o => o.StartsWith("name=", StringComparison.Ordinal))?[5..];
        return new CgroupHierarchy(mountPoint, options.Where(KnownControllers.Contains).ToArray(), name, false);
    }

    static string[] Words(string text) => text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

    static string Unescape(string path) => path.Replace("\\040", " ").Replace("\\011", "\t").Replace("\\012", "\n").Replace("\\134", "\\");
}
