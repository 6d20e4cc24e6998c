using Pier.Api.Http;
using Pier.Contracts;

namespace Pier.Api.Host;

/// <summary>GET /info.</summary>
static class Info
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var view = await request.Engine.Host.InspectAsync(request.Aborted);
        await request.AnswerAsync(
            new SystemInfo
            {
                ID = view.Id,
                Containers = view.Containers,
                ContainersRunning = view.ContainersRunning,
                ContainersPaused = view.ContainersPaused,
                ContainersStopped = view.ContainersStopped,
                Images = view.Images,
                Driver = view.Driver,
                DriverStatus = [.. view.DriverStatus.Select(s => new[] { s.Name, s.Value })],
                Plugins = new PluginsInfo
                {
                    Volume = request.Engine.Volumes.Drivers,
                    Network = ["bridge", "host", "macvlan", "null"],
                    Log = view.LogDrivers,
                },
                MemoryLimit = view.MemoryLimit,
                SwapLimit = view.SwapLimit,
                CpuCfsPeriod = view.CpuQuota,
                CpuCfsQuota = view.CpuQuota,
                CPUShares = view.CpuShares,
                CPUSet = view.CpuSet,
                PidsLimit = view.PidsLimit,
                IPv4Forwarding = view.IPv4Forwarding,
                Debug = view.Debug,
                OomKillDisable = view.OomKillDisable,
                SystemTime = Timestamps.Format(DateTimeOffset.UtcNow),
                LoggingDriver = request.Engine.Options.LogDriver,
                CgroupDriver = view.CgroupDriver,
                CgroupVersion = view.CgroupVersion,
                KernelVersion = view.KernelVersion,
                OperatingSystem = view.OperatingSystem,
                OSVersion = view.OsVersion,
                Architecture = view.Architecture,
                RegistryConfig = new RegistryServiceConfig(),
                NCPU = view.Cpus,
                MemTotal = view.Memory,
                DockerRootDir = view.DataRoot,
                Name = view.Name,
                Labels = view.Labels,
                ServerVersion = request.Options.Version,
                Runtimes = view.Runtimes.ToDictionary(r => r.Key, r => new RuntimeInfo(r.Value.Path)),
                DefaultRuntime = view.DefaultRuntime,
                LiveRestoreEnabled = view.LiveRestore,
                InitBinary = "docker-init",
                ContainerdCommit = new CommitInfo(request.Options.Revision),
                RuncCommit = new CommitInfo(request.Options.Revision),
                InitCommit = new CommitInfo(request.Options.Revision),
                SecurityOptions = view.SecurityOptions,
                Warnings = view.Warnings.Count == 0 ? null : view.Warnings,
            },
            ContractsJson.Wire.SystemInfo
        );
    }
}
