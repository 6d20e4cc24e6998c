using System.Globalization;

namespace Pier.Network.Publishing;

/// <summary>
/// Finds the process of the host that has a port (man 5 proc: /proc/net/tcp, /proc/PID/fd). A question for error texts, never on a good
/// path.
/// </summary>
static class PortHolder
{
    const string Listening = "0A";

    /// <summary>"nginx (process 1234)" in the calling thread's namespace, or null when it is not to be found.</summary>
    public static string? Find(PublishedPort port)
    {
        try
        {
            var tcp = port.Protocol == TransportProtocol.Tcp;
            var inodes = ((string[])(tcp ? ["tcp", "tcp6"] : ["udp", "udp6"]))
                .SelectMany(f => Inodes($"/proc/thread-self/net/{f}", port.HostPort, tcp))
                .ToHashSet();
            return inodes.Count == 0 ? null : Holder(inodes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    static IEnumerable<string> Inodes(string file, int port, bool tcp)
    {
        if (!File.Exists(file))
            yield break;
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (var line in File.ReadLines(file).Skip(1))
        {
            // sl local_address rem_address st tx:rx tr:tm->when retrnsmt uid timeout inode
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 9 && fields[1].EndsWith(suffix, StringComparison.Ordinal) && (!tcp || fields[3] == Listening))
                yield return $"socket:[{fields[9]}]";
        }
    }

    static string? Holder(HashSet<string> inodes)
    {
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (!char.IsAsciiDigit(Path.GetFileName(process)[0]))
                continue;
            try
            {
                foreach (var descriptor in Directory.EnumerateFileSystemEntries(process + "/fd"))
                    if (Target(descriptor) is { } target && inodes.Contains(target))
                        return $"{File.ReadAllText(process + "/comm").Trim()} (process {Path.GetFileName(process)})";
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended.
            }
        }

        return null;
    }

    // Null for one that was closed meanwhile: the process goes on.
    static string? Target(string descriptor)
    {
        try
        {
            return Path.GetFileName(File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.FullName);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
