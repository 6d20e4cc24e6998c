using System.Text.Json;
using Pier.Api.Containers;
using Pier.Contracts;
using Pier.Engine.Stats;

namespace Pier.UnitTests.Api;

/// <summary>The answer of stats on both kinds of control groups: names and what is left out, by the API's schema.</summary>
public class StatsShapesTests
{
    static StatsSample Sample(bool v2, int second = 0) =>
        new()
        {
            Id = "abc",
            Name = "web",
            CgroupV2 = v2,
            HostMemory = 1000,
            Processors = new HostProcessors(100, 2),
            Interfaces = [new InterfaceCounters("eth0", 1, 2, 3, 4, 5, 6, 7, 8)],
            Group = new GroupCounters
            {
                Read = new DateTimeOffset(2027, 1, 1, 0, 0, second, TimeSpan.Zero),
                CpuTotal = 9,
                CpuByProcessor = v2 ? [] : [4, 5],
                MemoryUsage = 500,
                MemoryMaximum = 600,
                MemoryLimit = ulong.MaxValue,
                MemoryDetail = new Dictionary<string, ulong> { ["inactive_file"] = 7 },
                Pids = 3,
                IoBytes = [new DeviceCounter(8, 0, v2 ? "read" : "Read", 4096)],
            },
        };

    static JsonElement Write(StatsPair pair) =>
        JsonDocument.Parse(JsonSerializer.Serialize(StatsShapes.Of(pair), ContractsJson.Wire.ContainerStatsResponse)).RootElement;

    static string Names(JsonElement element) => string.Join(',', element.EnumerateObject().Select(p => p.Name));

    [Theory, InlineData(false), InlineData(true)]
    public void Every_section_has_its_place(bool v2)
    {
        var stats = Write(new StatsPair(Sample(v2, 1), Sample(v2)));
        Assert.Equal(
            "name,id,read,preread,pids_stats,blkio_stats,num_procs,storage_stats,cpu_stats,precpu_stats,memory_stats,networks",
            Names(stats)
        );
        Assert.Equal(
            ("/web", "2027-01-01T00:00:01Z", "2027-01-01T00:00:00Z"),
            (stats.GetProperty("name").GetString(), stats.GetProperty("read").GetString(), stats.GetProperty("preread").GetString())
        );
        Assert.Equal("cpu_usage,system_cpu_usage,online_cpus,throttling_data", Names(stats.GetProperty("cpu_stats")));
        Assert.Equal(
            "rx_bytes,rx_packets,rx_errors,rx_dropped,tx_bytes,tx_packets,tx_errors,tx_dropped",
            Names(stats.GetProperty("networks").GetProperty("eth0"))
        );
        Assert.Equal(1000UL, stats.GetProperty("memory_stats").GetProperty("limit").GetUInt64());
    }

    [Fact]
    public void Cgroup_v1_has_processors_and_maxima_and_lists_that_may_be_empty()
    {
        var stats = Write(new StatsPair(Sample(v2: false), null));
        Assert.Equal(
            "total_usage,percpu_usage,usage_in_kernelmode,usage_in_usermode",
            Names(stats.GetProperty("cpu_stats").GetProperty("cpu_usage"))
        );
        Assert.Equal("usage,max_usage,stats,limit", Names(stats.GetProperty("memory_stats")));
        Assert.Equal(
            """[{"major":8,"minor":0,"op":"Read","value":4096}]""",
            stats.GetProperty("blkio_stats").GetProperty("io_service_bytes_recursive").GetRawText()
        );
        Assert.Equal("[]", stats.GetProperty("blkio_stats").GetProperty("io_queue_recursive").GetRawText());
        Assert.Equal("""{"current":3}""", stats.GetProperty("pids_stats").GetRawText());
    }

    [Fact]
    public void Cgroup_v2_leaves_out_what_it_does_not_have()
    {
        var stats = Write(new StatsPair(Sample(v2: true), null));
        Assert.Equal("total_usage,usage_in_kernelmode,usage_in_usermode", Names(stats.GetProperty("cpu_stats").GetProperty("cpu_usage")));
        Assert.Equal("usage,stats,limit", Names(stats.GetProperty("memory_stats")));
        Assert.Equal("null", stats.GetProperty("blkio_stats").GetProperty("io_serviced_recursive").GetRawText());
        Assert.Equal("""{"current":3,"limit":18446744073709551615}""", stats.GetProperty("pids_stats").GetRawText());
    }

    [Fact]
    public void A_stopped_container_has_empty_sections_and_the_zero_time()
    {
        var stats = Write(new StatsPair(new StatsSample { Id = "abc", Name = "web" }, null));
        Assert.Equal(
            ("0001-01-01T00:00:00Z", "{}", "{}"),
            (
                stats.GetProperty("read").GetString(),
                stats.GetProperty("pids_stats").GetRawText(),
                stats.GetProperty("memory_stats").GetRawText()
            )
        );
        Assert.False(stats.TryGetProperty("networks", out _));
        Assert.Equal("cpu_usage,throttling_data", Names(stats.GetProperty("cpu_stats")));
    }
}
