namespace Pier.Engine.Host;

/// <summary>What `info` says of the engine and its host. Memory in bytes.</summary>
public sealed record HostView
{
    public required string Id { get; init; }
    public required int Containers { get; init; }
    public required int ContainersRunning { get; init; }
    public required int ContainersPaused { get; init; }
    public required int ContainersStopped { get; init; }
    public required int Images { get; init; }
    public required string Driver { get; init; }
    public required IReadOnlyList<(string Name, string Value)> DriverStatus { get; init; }
    public required string KernelVersion { get; init; }
    public required string OperatingSystem { get; init; }
    public required string OsVersion { get; init; }
    public required string Architecture { get; init; }
    public required int Cpus { get; init; }
    public required long Memory { get; init; }
    public required string Name { get; init; }
    public required string DataRoot { get; init; }
    public required string CgroupDriver { get; init; }
    public required string CgroupVersion { get; init; }
    public required IReadOnlyList<string> SecurityOptions { get; init; }

    /// <summary>Which limits the kernel can put into force.</summary>
    public bool MemoryLimit { get; init; }
    public bool SwapLimit { get; init; }
    public bool OomKillDisable { get; init; }
    public bool CpuQuota { get; init; }
    public bool CpuShares { get; init; }
    public bool CpuSet { get; init; }
    public bool PidsLimit { get; init; }
    public required IReadOnlyList<string> Warnings { get; init; }
    public required IReadOnlyList<string> Labels { get; init; }
    public IReadOnlyList<string> LogDrivers { get; init; } = [];
    public IReadOnlyDictionary<string, RuntimeCommand> Runtimes { get; init; } = new Dictionary<string, RuntimeCommand>();
    public string DefaultRuntime { get; init; } = "";
    public bool LiveRestore { get; init; }
    public bool IPv4Forwarding { get; init; }
    public bool Debug { get; init; }
}
