using System.Globalization;

namespace Pier.Linux.Processes;

/// <summary>When a process began: with its pid it names it for as long as the machine runs.</summary>
public static class ProcessStart
{
    /// <summary>starttime of /proc/PID/stat (field 22, clock ticks since boot); 0 when there is no such process.</summary>
    public static long Ticks(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            // The command's name may hold spaces and parentheses; fields are counted from its end (man 5 proc_pid_stat).
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return long.Parse(fields[22 - 3], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
