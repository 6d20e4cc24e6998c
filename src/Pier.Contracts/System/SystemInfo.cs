using System.Text.Json.Serialization;

namespace Pier.Contracts;

/// <summary>GET /info. Memory in bytes.</summary>
public sealed record SystemInfo
{
    public string ID { get; init; } = "";
    public int Containers { get; init; }
    public int ContainersRunning { get; init; }
    public int ContainersPaused { get; init; }
    public int ContainersStopped { get; init; }
    public int Images { get; init; }
    public string Driver { get; init; } = "";
    public IReadOnlyList<string[]>? DriverStatus { get; init; }
    public PluginsInfo Plugins { get; init; } = new();
    public bool MemoryLimit { get; init; }
    public bool SwapLimit { get; init; }
    public bool CpuCfsPeriod { get; init; }
    public bool CpuCfsQuota { get; init; }
    public bool CPUShares { get; init; }
    public bool CPUSet { get; init; }
    public bool PidsLimit { get; init; }
    public bool IPv4Forwarding { get; init; }
    public bool Debug { get; init; }
    public int NFd { get; init; }
    public bool OomKillDisable { get; init; }
    public int NGoroutines { get; init; }
    public string SystemTime { get; init; } = "";
    public string LoggingDriver { get; init; } = "";
    public string CgroupDriver { get; init; } = "";
    public string CgroupVersion { get; init; } = "";
    public int NEventsListener { get; init; }
    public string KernelVersion { get; init; } = "";
    public string OperatingSystem { get; init; } = "";
    public string OSVersion { get; init; } = "";
    public string OSType { get; init; } = "linux";
    public string Architecture { get; init; } = "";
    public string IndexServerAddress { get; init; } = "https://index.docker.io/v1/";
    public RegistryServiceConfig? RegistryConfig { get; init; }
    public int NCPU { get; init; }
    public long MemTotal { get; init; }
    public IReadOnlyList<string>? GenericResources { get; init; }
    public string DockerRootDir { get; init; } = "";
    public string HttpProxy { get; init; } = "";
    public string HttpsProxy { get; init; } = "";
    public string NoProxy { get; init; } = "";
    public string Name { get; init; } = "";
    public IReadOnlyList<string> Labels { get; init; } = [];
    public bool ExperimentalBuild { get; init; }
    public string ServerVersion { get; init; } = "";
    public IReadOnlyDictionary<string, RuntimeInfo> Runtimes { get; init; } = new Dictionary<string, RuntimeInfo>();
    public string DefaultRuntime { get; init; } = "";
    public SwarmInfo Swarm { get; init; } = new();
    public bool LiveRestoreEnabled { get; init; }
    public string Isolation { get; init; } = "";
    public string InitBinary { get; init; } = "";
    public CommitInfo ContainerdCommit { get; init; } = new("");
    public CommitInfo RuncCommit { get; init; } = new("");
    public CommitInfo InitCommit { get; init; } = new("");
    public IReadOnlyList<string> SecurityOptions { get; init; } = [];
    public IReadOnlyList<string>? CDISpecDirs { get; init; }
    public IReadOnlyList<string>? Warnings { get; init; }
}

/// <summary>Driver names by kind.</summary>
public sealed record PluginsInfo
{
    public IReadOnlyList<string> Volume { get; init; } = [];
    public IReadOnlyList<string> Network { get; init; } = [];
    public IReadOnlyList<string>? Authorization { get; init; }
    public IReadOnlyList<string> Log { get; init; } = [];
}

/// <summary>A runtime by its program.</summary>
public sealed record RuntimeInfo([property: JsonPropertyName("path")] string Path);

/// <summary>A component's commit.</summary>
public sealed record CommitInfo(string ID);

/// <summary>Swarm's state: always inactive.</summary>
public sealed record SwarmInfo
{
    public string NodeID { get; init; } = "";
    public string NodeAddr { get; init; } = "";
    public string LocalNodeState { get; init; } = "inactive";
    public bool ControlAvailable { get; init; }
    public string Error { get; init; } = "";
    public IReadOnlyList<string>? RemoteManagers { get; init; }
}

/// <summary>Registries: which are reached without TLS, which are mirrored.</summary>
public sealed record RegistryServiceConfig
{
    public IReadOnlyList<string> InsecureRegistryCIDRs { get; init; } = ["::1/128", "127.0.0.0/8"];
    public IReadOnlyDictionary<string, RegistryIndex> IndexConfigs { get; init; } =
        new Dictionary<string, RegistryIndex> { ["docker.io"] = new("docker.io", [], true, true) };
    public IReadOnlyList<string>? Mirrors { get; init; }
}

/// <summary>One registry.</summary>
public sealed record RegistryIndex(string Name, IReadOnlyList<string> Mirrors, bool Secure, bool Official);
