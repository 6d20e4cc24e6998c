using Pier.Engine;
using Pier.Engine.Containers;
using Pier.Model;

namespace Pier.UnitTests.Engine;

public class HostConfigRulesTests
{
    static readonly EngineOptions Options = new();

    static HostConfig Apply(HostConfig host) => HostConfigRules.Apply(host, Options, 2);

    [Fact]
    public void Defaults_are_Dockers()
    {
        var host = Apply(new());
        Assert.Equal(
            ("bridge", "no", "json-file", 64L << 20, "private"),
            (host.NetworkMode, host.RestartPolicy!.Name, host.LogConfig!.Type, host.ShmSize, host.IpcMode)
        );
    }

    public static TheoryData<HostConfig, string> Refused =>
        new()
        {
            {
                new() { Memory = 1 << 20 },
                "Minimum memory limit allowed is 6MB"
            },
            {
                new() { Memory = 10 << 20, MemorySwap = 8 << 20 },
                "Minimum memoryswap limit should be larger than memory limit, see usage"
            },
            {
                new() { NanoCpus = 3_000_000_000 },
                "range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available"
            },
            {
                new() { NanoCpus = 1, CpuQuota = 1000 },
                "Conflicting options: Nano CPUs and CPU Quota cannot both be set"
            },
            {
                new() { BlkioWeight = 5 },
                "Range of blkio weight is from 10 to 1000"
            },
            {
                new() { IpcMode = "odd" },
                "invalid IPC mode: odd"
            },
            {
                new()
                {
                    AutoRemove = true,
                    RestartPolicy = new() { Name = "always" },
                },
                "can't create 'AutoRemove' container with restart policy"
            },
            {
                new() { RestartPolicy = new() { Name = "sometimes" } },
                "invalid restart policy: unknown policy 'sometimes'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'"
            },
            {
                new()
                {
                    LogConfig = new()
                    {
                        Type = "json-file",
                        Config = new() { ["odd"] = "1" },
                    },
                },
                "unknown log opt 'odd' for json-file log driver"
            },
            {
                new() { OomScoreAdj = 1001 },
                "Invalid value 1001, range for oom score adj is [-1000, 1000]"
            },
            {
                new() { Isolation = "hyperv" },
                "invalid isolation (hyperv): linux only supports 'default'"
            },
            {
                new()
                {
                    DeviceRequests =
                    [
                        new()
                        {
                            Capabilities =
                            [
                                ["gpu"],
                            ],
                        },
                    ],
                },
                "could not select device driver \"\" with capabilities: [[gpu]]"
            },
            {
                new() { Runtime = "kata" },
                "unknown or invalid runtime name: kata"
            },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_cannot_be_is_refused_in_Dockers_words(HostConfig host, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidParameterException>(() => Apply(host)).Message);

    [Fact]
    public void Minus_one_means_as_it_is()
    {
        var host = Apply(new() { MemorySwappiness = -1, PidsLimit = -1 });
        Assert.Equal((null, null), (host.MemorySwappiness, host.PidsLimit));
    }
}
