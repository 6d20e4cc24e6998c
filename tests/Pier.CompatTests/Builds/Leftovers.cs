using System.Diagnostics;

namespace Pier.CompatTests.Builds;

/// <summary>What a build that failed or was stopped may not leave behind.</summary>
static class Leftovers
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static void None(PierDaemon daemon)
    {
        var watch = Stopwatch.StartNew();
        string found;
        do
        {
            found = Find(daemon);
            if (found.Length == 0)
                return;
            Thread.Sleep(50);
        } while (watch.Elapsed < Limit);
        Assert.Fail(found);
    }

    static string Find(PierDaemon daemon)
    {
        var data = Path.Combine(daemon.Directory, "data");
        IEnumerable<string> left =
        [
            .. Entries(data, "containers"),
            .. Entries(data, "snapshots/overlay/staging"),
            .. Entries(data, "builds/trees"),
            .. File.ReadLines("/proc/self/mountinfo").Where(l => l.Contains(daemon.Directory, StringComparison.Ordinal)),
            .. Directory
                .GetDirectories("/sys/fs/cgroup")
                .Select(d => Path.Combine(d, daemon.CgroupName))
                .Where(Directory.Exists)
                .SelectMany(d => Directory.GetDirectories(d, "build-*")),
        ];
        return string.Join('\n', left);
    }

    static string[] Entries(string data, string directory) =>
        Directory.Exists(Path.Combine(data, directory)) ? Directory.GetFileSystemEntries(Path.Combine(data, directory)) : [];
}
