using Pier.Engine.Stats;

namespace Pier.UnitTests.Engine;

public class StatsParsingTests
{
    [Fact]
    public void The_hosts_time_is_the_sum_of_seven_counters_in_nanoseconds()
    {
        string[] lines =
        [
            "cpu  1 2 3 4 5 6 7 1000 1000 1000",
            "cpu0 1 1 1 1 1 1 1 0 0 0",
            "cpu1 0 1 2 3 4 5 6 0 0 0",
            "intr 5",
            "cpufreq 7",
        ];
        Assert.Equal(new HostProcessors(280_000_000, 2), HostProcessors.Parse(lines));
    }

    [Fact]
    public void Interfaces_are_read_without_the_loopback()
    {
        string[] lines =
        [
            "Inter-|   Receive                                                |  Transmit",
            " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed",
            "    lo:      84       1    0    0    0     0          0         0       84       1    0    0    0     0       0          0",
            "  eth0:18446744073709551615       2    3    4    5     6          7         8       9      10   11   12   13    14      15         16",
        ];
        Assert.Equal([new InterfaceCounters("eth0", ulong.MaxValue, 2, 3, 4, 9, 10, 11, 12)], InterfaceCounters.Parse(lines));
    }

    [Fact]
    public void A_process_that_is_gone_has_no_interfaces() => Assert.Empty(InterfaceCounters.OfProcess(int.MaxValue));
}
