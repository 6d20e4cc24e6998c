using System.Globalization;
using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Containers.Creation;
using Pier.Cli.Transport;
using Pier.Contracts;
using Pier.Model;

namespace Pier.Cli.Containers;

/// <summary>pier update.</summary>
static class Update
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "update",
            Usage = "[OPTIONS] CONTAINER [CONTAINER...]",
            Summary = "Update configuration of one or more containers",
            Aliases = ["container update", "update"],
            Options =
            [
                new("blkio-weight", '\0', "uint16", "Block IO (relative weight), between 10 and 1000, or 0 to disable (default 0)"),
                new("cpu-period", '\0', "int", "Limit CPU CFS (Completely Fair Scheduler) period"),
                new("cpu-quota", '\0', "int", "Limit CPU CFS (Completely Fair Scheduler) quota"),
                new("cpu-rt-period", '\0', "int", "Limit the CPU real-time period in microseconds"),
                new("cpu-rt-runtime", '\0', "int", "Limit the CPU real-time runtime in microseconds"),
                new("cpu-shares", 'c', "int", "CPU shares (relative weight)"),
                new("cpus", '\0', "decimal", "Number of CPUs"),
                new("cpuset-cpus", '\0', "string", "CPUs in which to allow execution (0-3, 0,1)"),
                new("cpuset-mems", '\0', "string", "MEMs in which to allow execution (0-3, 0,1)"),
                new("memory", 'm', "bytes", "Memory limit"),
                new("memory-reservation", '\0', "bytes", "Memory soft limit"),
                new("memory-swap", '\0', "bytes", "Swap limit equal to memory plus swap: -1 to enable unlimited swap"),
                new("pids-limit", '\0', "int", "Tune container pids limit (set -1 for unlimited)"),
                new("restart", '\0', "string", "Restart policy to apply when a container exits"),
            ],
            MinimumArguments = 1,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        if (!Spec.Options.Any(o => call.Line.Has(o.Long)))
            throw new CliFailure("you must provide one or more flags when using this command");
        var body = JsonSerializer.SerializeToUtf8Bytes(Asked(call.Line), ContractsJson.Default.HostConfig);
        var warnings = new List<string>();
        var code = call.ForEach(name =>
        {
            using var answer = JsonDocument.Parse(call.Client.Call("POST", $"/containers/{QueryString.Escape(name)}/update", body));
            warnings.AddRange(answer.RootElement.Texts("Warnings"));
        });
        foreach (var warning in warnings)
            call.Out.WriteLine(warning);
        return code;
    }

    static HostConfig Asked(ParsedLine line) =>
        new()
        {
            BlkioWeight = line.Text("blkio-weight") is { } weight ? ushort.Parse(weight, CultureInfo.InvariantCulture) : (ushort)0,
            CpuPeriod = line.Number("cpu-period") ?? 0,
            CpuQuota = line.Number("cpu-quota") ?? 0,
            CpuRealtimePeriod = line.Number("cpu-rt-period") ?? 0,
            CpuRealtimeRuntime = line.Number("cpu-rt-runtime") ?? 0,
            CpuShares = line.Number("cpu-shares") ?? 0,
            NanoCpus = line.Number("cpus") ?? 0,
            CpusetCpus = line.Text("cpuset-cpus") ?? "",
            CpusetMems = line.Text("cpuset-mems") ?? "",
            Memory = line.Number("memory") ?? 0,
            MemoryReservation = line.Number("memory-reservation") ?? 0,
            MemorySwap = line.Number("memory-swap") ?? 0,
            PidsLimit = line.Number("pids-limit"),
            RestartPolicy = line.Has("restart") ? HostOptions.RestartPolicyOf(line) : null,
        };
}
