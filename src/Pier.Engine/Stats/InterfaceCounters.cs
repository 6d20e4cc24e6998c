using System.Globalization;

namespace Pier.Engine.Stats;

/// <summary>What went through a network interface since it was made: proc(5), /proc/PID/net/dev.</summary>
public sealed record InterfaceCounters(
    string Name,
    ulong RxBytes,
    ulong RxPackets,
    ulong RxErrors,
    ulong RxDropped,
    ulong TxBytes,
    ulong TxPackets,
    ulong TxErrors,
    ulong TxDropped
)
{
    /// <summary>The interfaces of the process's network namespace without its loopback; none when the process has ended.</summary>
    public static IReadOnlyList<InterfaceCounters> OfProcess(int pid)
    {
        try
        {
            return Parse(File.ReadAllLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/net/dev")));
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>
    /// Two lines of headings, then "name: 8 counters received, 8 sent"; the first four of each are bytes, packets, errors, drops.
    /// </summary>
    public static IReadOnlyList<InterfaceCounters> Parse(IEnumerable<string> lines)
    {
        var found = new List<InterfaceCounters>();
        foreach (var line in lines.Skip(2))
        {
            var colon = line.IndexOf(':');
            if (colon < 0)
                continue;
            var name = line[..colon].Trim();
            var words = line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (name == "lo" || words.Length < 12)
                continue;
            ulong At(int index) => ulong.Parse(words[index], CultureInfo.InvariantCulture);
            found.Add(new InterfaceCounters(name, At(0), At(1), At(2), At(3), At(8), At(9), At(10), At(11)));
        }
        return found;
    }
}
