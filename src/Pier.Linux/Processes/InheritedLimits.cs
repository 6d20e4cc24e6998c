using System.Globalization;
using Pier.Linux.Limits;

namespace Pier.Linux.Processes;

/// <summary>
/// Limits as this process was given them. .NET raises the soft limit of open descriptors to the hard one before the first line of a program
/// runs; programs that use select(2) or close every possible descriptor must not inherit that.
/// </summary>
public static class InheritedLimits
{
    /// <summary>systemd's and the kernel's soft limit.</summary>
    const ulong Usual = 1024;

    /// <summary>
    /// Open descriptors: the hard limit now, and the soft one that the parent has, which is what it passed on; the usual one when it cannot
    /// be known.
    /// </summary>
    public static ResourceLimit OpenFiles()
    {
        try
        {
            var own = Parse(File.ReadAllText("/proc/self/limits"));
            var status = File.ReadAllText("/proc/self/stat");
            // man 5 proc_pid_stat: after the name in parentheses come the state and the parent's pid.
            var parent = status[(status.LastIndexOf(')') + 2)..].Split(' ')[1];
            // systemd raises its own limits and passes others on.
            if (parent is "0" or "1")
                return Lowest(own);
            var given = Parse(File.ReadAllText($"/proc/{parent}/limits"));
            return given.Hard >= own.Hard && given.Soft <= own.Hard ? own with { Soft = given.Soft } : Lowest(own);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ResourceLimit(Usual, Usual);
        }
    }

    static ResourceLimit Lowest(ResourceLimit own) => own with { Soft = Math.Min(Usual, own.Hard) };

    /// <summary>The line "Max open files" of a /proc/PID/limits: soft, hard, unit.</summary>
    internal static ResourceLimit Parse(string limits)
    {
        var line = limits.Split('\n').FirstOrDefault(l => l.StartsWith("Max open files", StringComparison.Ordinal)) ?? "";
        var words = line["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is [var soft, var hard, ..]
            ? new ResourceLimit(Number(soft), Number(hard))
            : throw new IOException("no limit of open files");
    }

    static ulong Number(string text) =>
        text == "unlimited" ? ulong.MaxValue : ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
