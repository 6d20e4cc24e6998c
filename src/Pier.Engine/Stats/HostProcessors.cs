using System.Globalization;

namespace Pier.Engine.Stats;

/// <summary>
/// Time that all processors of the host have counted, idle included, in nanoseconds, and how many are online: proc(5), /proc/stat.
/// </summary>
public readonly record struct HostProcessors(ulong TotalTime, int Online)
{
    // USER_HZ is 100 on every architecture that Linux still has.
    const ulong Tick = 10_000_000;

    // user, nice, system, idle, iowait, irq, softirq: steal and guest times are not counted, as in Docker.
    const int Counted = 7;

    public static HostProcessors Read() => Parse(File.ReadLines("/proc/stat"));

    public static HostProcessors Parse(IEnumerable<string> lines)
    {
        ulong total = 0;
        var online = 0;
        foreach (var line in lines)
        {
            if (!line.StartsWith("cpu", StringComparison.Ordinal))
                break;
            if (line[3] != ' ')
            {
                online++;
                continue;
            }
            foreach (var word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(Counted))
                total += ulong.Parse(word, CultureInfo.InvariantCulture) * Tick;
        }
        return new HostProcessors(total, online);
    }
}
