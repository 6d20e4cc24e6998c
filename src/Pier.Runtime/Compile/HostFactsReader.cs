using System.Globalization;
using Pier.Linux.Cgroups;

namespace Pier.Runtime.Compile;

/// <summary>Reads the facts of this host; once a process is enough.</summary>
public static class HostFactsReader
{
    public static HostFacts Read() =>
        new()
        {
            Cgroups = CgroupLayout.Parse(
                File.ReadAllText("/proc/self/mountinfo"),
                mount => ReadOr(Path.Combine(mount, "cgroup.controllers"), "")
            ),
            LastCapability = int.Parse(ReadOr("/proc/sys/kernel/cap_last_cap", "40"), CultureInfo.InvariantCulture),
            BoundingSet = BoundingSet(File.ReadAllText("/proc/thread-self/status")),
            AppArmor = ReadOr("/sys/module/apparmor/parameters/enabled", "N").StartsWith('Y'),
        };

    static ulong BoundingSet(string status)
    {
        var line = status.Split('\n').First(l => l.StartsWith("CapBnd:", StringComparison.Ordinal));
        return ulong.Parse(line["CapBnd:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    static string ReadOr(string path, string otherwise)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).Trim() : otherwise;
        }
        catch (IOException)
        {
            return otherwise;
        }
    }
}
