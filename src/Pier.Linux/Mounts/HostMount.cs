using System.Globalization;
using Pier.Linux.Files;

namespace Pier.Linux.Mounts;

/// <summary>A mount of this mount namespace, as proc_pid_mountinfo(5) tells it.</summary>
/// <param name="Place">Where it is mounted.</param>
/// <param name="IsShared">Whether mounts below it go to its peers and come from them (mount_namespaces(7)).</param>
/// <param name="IsSlave">Whether mounts below it come from its masters.</param>
public readonly record struct HostMount(string Place, bool IsShared, bool IsSlave)
{
    /// <summary>The mount that a path is on, links followed. Throws <see cref="LinuxException"/> where there is no such path.</summary>
    public static HostMount Holding(string path)
    {
        using var opened = At.Open(At.WorkingDirectory, path, Files.OpenFlags.Path);
        var number = opened.DangerousGetHandle().ToString(CultureInfo.InvariantCulture);
        // proc_pid_fdinfo(5): the number by which mountinfo knows the mount, also where others lie over it.
        var id = File.ReadLines("/proc/self/fdinfo/" + number)
            .First(l => l.StartsWith("mnt_id:", StringComparison.Ordinal))["mnt_id:".Length..]
            .Trim();
        foreach (var line in File.ReadLines("/proc/self/mountinfo"))
        {
            var fields = line.Split(' ');
            if (fields[0] != id)
                continue;
            // From the seventh on there are optional fields, ended by a dash.
            var tags = fields[6..Array.IndexOf(fields, "-", 6)];
            return new HostMount(
                Unescape(fields[4]),
                tags.Any(t => t.StartsWith("shared:", StringComparison.Ordinal)),
                tags.Any(t => t.StartsWith("master:", StringComparison.Ordinal))
            );
        }
        throw new LinuxException("mountinfo", Errno.ENOENT, path);
    }

    /// <summary>A path as mountinfo writes it: blanks, tabs, line ends and backslashes are octal there.</summary>
    public static string Unescape(string path) =>
        !path.Contains('\\')
            ? path
            : path.Replace("\\040", " ", StringComparison.Ordinal)
                .Replace("\\011", "\t", StringComparison.Ordinal)
                .Replace("\\012", "\n", StringComparison.Ordinal)
                .Replace("\\134", "\\", StringComparison.Ordinal);
}
