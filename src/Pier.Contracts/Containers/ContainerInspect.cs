using System.Text.Json.Serialization;
using Pier.Model;

namespace Pier.Contracts;

/// <summary>GET /containers/{id}/json.</summary>
public sealed record ContainerInspect
{
    public string Id { get; init; } = "";
    public string Created { get; init; } = Timestamps.Zero;
    public string Path { get; init; } = "";
    public IReadOnlyList<string> Args { get; init; } = [];
    public ContainerState State { get; init; } = new();
    public string Image { get; init; } = "";
    public string ResolvConfPath { get; init; } = "";
    public string HostnamePath { get; init; } = "";
    public string HostsPath { get; init; } = "";
    public string LogPath { get; init; } = "";
    public string Name { get; init; } = "";
    public int RestartCount { get; init; }
    public string Driver { get; init; } = "";
    public string Platform { get; init; } = "linux";
    public string MountLabel { get; init; } = "";
    public string ProcessLabel { get; init; } = "";
    public string AppArmorProfile { get; init; } = "";
    public IReadOnlyList<string>? ExecIDs { get; init; }
    public HostConfig HostConfig { get; init; } = new();
    public DriverData GraphDriver { get; init; } = new();

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? SizeRw { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? SizeRootFs { get; init; }

    public IReadOnlyList<MountPoint> Mounts { get; init; } = [];
    public ContainerConfig Config { get; init; } = new();
    public NetworkSettings NetworkSettings { get; init; } = new();
}

/// <summary>A container's state; the times are RFC 3339.</summary>
public sealed record ContainerState
{
    public string Status { get; init; } = "";
    public bool Running { get; init; }
    public bool Paused { get; init; }
    public bool Restarting { get; init; }
    public bool OOMKilled { get; init; }
    public bool Dead { get; init; }
    public int Pid { get; init; }
    public int ExitCode { get; init; }
    public string Error { get; init; } = "";
    public string StartedAt { get; init; } = Timestamps.Zero;
    public string FinishedAt { get; init; } = Timestamps.Zero;

    /// <summary>Absent without a health check.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ContainerHealth? Health { get; init; }
}

/// <summary>"starting", "healthy" or "unhealthy", with the last results.</summary>
public sealed record ContainerHealth(string Status, int FailingStreak, IReadOnlyList<HealthcheckResult> Log);

/// <summary>One probe; the times are RFC 3339.</summary>
public sealed record HealthcheckResult(string Start, string End, int ExitCode, string Output);

/// <summary>The storage driver's name and its directories.</summary>
public sealed record DriverData
{
    public IReadOnlyDictionary<string, string>? Data { get; init; }
    public string Name { get; init; } = "";
}

/// <summary>A container's networks; the fields outside Networks and Ports repeat the default bridge's, as old clients read them.</summary>
public sealed record NetworkSettings
{
    public string Bridge { get; init; } = "";
    public string SandboxID { get; init; } = "";
    public string SandboxKey { get; init; } = "";
    public IReadOnlyDictionary<string, PortBinding[]?> Ports { get; init; } = new Dictionary<string, PortBinding[]?>();
    public bool HairpinMode { get; init; }
    public string LinkLocalIPv6Address { get; init; } = "";
    public int LinkLocalIPv6PrefixLen { get; init; }
    public IReadOnlyList<string>? SecondaryIPAddresses { get; init; }
    public IReadOnlyList<string>? SecondaryIPv6Addresses { get; init; }
    public string EndpointID { get; init; } = "";
    public string Gateway { get; init; } = "";
    public string GlobalIPv6Address { get; init; } = "";
    public int GlobalIPv6PrefixLen { get; init; }
    public string IPAddress { get; init; } = "";
    public int IPPrefixLen { get; init; }
    public string IPv6Gateway { get; init; } = "";
    public string MacAddress { get; init; } = "";
    public IReadOnlyDictionary<string, EndpointSettings> Networks { get; init; } = new Dictionary<string, EndpointSettings>();
}
