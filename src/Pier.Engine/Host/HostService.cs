using Pier.Engine.Containers;
using Pier.Engine.Specs;
using Pier.Runtime;

namespace Pier.Engine.Host;

/// <summary>The engine and its host.</summary>
public sealed partial class HostService
{
    readonly EngineParts parts;
    readonly SpecFactsReader facts;
    readonly RuntimeHost host;
    readonly string id;

    internal HostService(EngineParts parts, SpecFactsReader facts, RuntimeHost host, string id) =>
        (this.parts, this.facts, this.host, this.id) = (parts, facts, host, id);

    public Task<HostView> InspectAsync(CancellationToken ct)
    {
        var containers = parts.Containers.All;
        var release = OsRelease();
        var running = containers.Count(c => c.Status == ContainerStatus.Running);
        var paused = containers.Count(c => c.Status == ContainerStatus.Paused);
        return Task.FromResult(
            new HostView
            {
                Id = id,
                Containers = containers.Length,
                ContainersRunning = running,
                ContainersPaused = paused,
                ContainersStopped = containers.Length - running - paused,
                Images = parts.Store.Images.List().Count,
                Driver = parts.Store.Snapshots.DriverName,
                DriverStatus = parts.Store.Snapshots.DriverStatus,
                KernelVersion = File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
                OperatingSystem = release.GetValueOrDefault("PRETTY_NAME", "Linux"),
                OsVersion = release.GetValueOrDefault("VERSION_ID", ""),
                Architecture = HostPlatform.Machine,
                Cpus = Environment.ProcessorCount,
                Memory = MemoryTotal(),
                Name = Environment.MachineName,
                DataRoot = parts.Options.DataRoot,
                CgroupDriver = "cgroupfs",
                CgroupVersion = facts.CgroupV2 ? "2" : "1",
                SecurityOptions =
                [
                    .. AppArmor,
                    "name=seccomp,profile=builtin",
                    .. Userns,
                    .. facts.CgroupV2 ? (string[])["name=cgroupns"] : [],
                ],
                MemoryLimit = host.Limits.Memory,
                SwapLimit = host.Limits.Swap,
                OomKillDisable = host.Limits.OomKillDisable,
                CpuQuota = host.Limits.CpuQuota,
                CpuShares = host.Limits.CpuShares,
                CpuSet = host.Limits.Cpus.Length > 0,
                PidsLimit = host.Limits.Pids,
                Warnings = host.AppArmor.Problem is { } problem
                    ? [.. parts.Store.Warnings, .. parts.Options.Warnings, problem]
                    : [.. parts.Store.Warnings, .. parts.Options.Warnings],
                Labels = parts.Options.Labels,
                LogDrivers = Logs.Drivers.LogDrivers.Names,
                Runtimes = new SortedDictionary<string, RuntimeCommand>(parts.Options.Runtimes.ToDictionary(), StringComparer.Ordinal)
                {
                    [ContainerDefaults.BuiltInRuntimeName] = new("pier", []),
                },
                DefaultRuntime = parts.Options.Defaults.Runtime,
                LiveRestore = parts.Options.LiveRestore,
                IPv4Forwarding = ReadFlag("/proc/sys/net/ipv4/ip_forward"),
                Debug = parts.Options.Debug,
            }
        );
    }

    string[] AppArmor => host.AppArmor.DefaultName is null ? [] : ["name=apparmor"];

    string[] Userns => parts.Remap is null ? [] : ["name=userns"];

    static bool ReadFlag(string path) => File.Exists(path) && File.ReadAllText(path).Trim() == "1";

    internal static long MemoryTotal()
    {
        foreach (var line in File.ReadLines("/proc/meminfo"))
        {
            if (line.StartsWith("MemTotal:", StringComparison.Ordinal))
                return long.Parse(line[9..^2].Trim(), System.Globalization.CultureInfo.InvariantCulture) * 1024;
        }
        return 0;
    }

    static Dictionary<string, string> OsRelease()
    {
        var result = new Dictionary<string, string>();
        if (!File.Exists("/etc/os-release"))
            return result;
        foreach (var line in File.ReadLines("/etc/os-release"))
        {
            if (line.Split('=', 2) is [var key, var value])
                result[key] = value.Trim('"');
        }
        return result;
    }
}
