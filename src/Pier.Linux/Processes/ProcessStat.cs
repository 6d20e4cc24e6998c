using System.Globalization;

namespace Pier.Linux.Processes;

/// <summary>
/// What /proc/PID/stat tells of any process (man 5 proc_pid_stat). Pid and start time name a process for as long as the machine runs.
/// </summary>
public static class ProcessStat
{
    /// <summary>starttime of /proc/PID/stat (field 22, clock ticks since boot); 0 when there is no such process.</summary>
    public static long StartTicks(int pid) => Fields(pid) is { } fields ? Field(fields, 22) : 0;

    /// <summary>
    /// How a process ended that nobody has reaped yet (field 52, exit_code, of a zombie); null when it lives, is gone, or another process
    /// has its pid -
    /// and for anyone but root, to whom the kernel may show 0 instead.
    /// </summary>
    public static ProcessStatus? ExitOfZombie(int pid, long startTicks) =>
        Environment.IsPrivilegedProcess && Fields(pid) is ["Z", ..] fields && Field(fields, 22) == startTicks
            ? ProcessStatus.FromWord((int)Field(fields, 52))
            : null;

    static long Field(string[] fields, int number) => long.Parse(fields[number - 3], CultureInfo.InvariantCulture);

    /// <summary>Fields from the third on: the second is the command's name, which may hold spaces and parentheses.</summary>
    static string[]? Fields(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].TrimEnd('\n').Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
