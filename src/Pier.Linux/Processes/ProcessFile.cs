using System.Globalization;
using System.Runtime.InteropServices;

namespace Pier.Linux.Processes;

/// <summary>
/// A process as /proc/PID/stat shows it (man 5 proc_pid_stat): its state letter and when it started, in clock ticks since boot.
/// </summary>
public readonly record struct ProcessFile(char State, ulong StartTime)
{
    /// <summary>Dead or waiting to be reaped.</summary>
    public bool IsOver => State is 'Z' or 'X' or 'x';

    /// <summary>Null when there is no such process.</summary>
    public static ProcessFile? Find(int pid)
    {
        string text;
        try
        {
            text = File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat");
        }
        catch (IOException)
        {
            return null;
        }
        // The command's name, in parentheses, may hold anything: fields are counted from its end. State is field 3, start time 22.
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return fields.Length > 19 ? new ProcessFile(fields[0][0], ulong.Parse(fields[19], CultureInfo.InvariantCulture)) : null;
    }
}

/// <summary>FIFOs (man 7 fifo).</summary>
public static partial class Fifo
{
    /// <summary>Makes a FIFO with mode 0600.</summary>
    public static void Create(string path)
    {
        if (MakeFifo(path, 0x180) != 0)
            throw new LinuxException("mkfifo", Marshal.GetLastPInvokeError(), path);
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFifo(string path, uint mode);
}
