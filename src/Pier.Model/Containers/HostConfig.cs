using System.Text.Json.Serialization;

namespace Pier.Model;

/// <summary>
/// What a container may use of the host: Docker Engine API "HostConfig" with "Resources" (sizes in bytes, CPU in nanos or microseconds).
/// </summary>
public sealed record HostConfig
{
    public string[]? Binds { get; init; }
    public string ContainerIDFile
    {
        get;
        init => field = value ?? "";
    } = "";
    public LogConfig? LogConfig { get; init; }
    public string NetworkMode
    {
        get;
        init => field = value ?? "";
    } = "";
    public Dictionary<string, PortBinding[]?>? PortBindings { get; init; }
    public RestartPolicy? RestartPolicy { get; init; }
    public bool AutoRemove { get; init; }
    public string VolumeDriver
    {
        get;
        init => field = value ?? "";
    } = "";
    public string[]? VolumesFrom { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MountRequest[]? Mounts { get; init; }
    public int[]? ConsoleSize { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Dictionary<string, string>? Annotations { get; init; }
    public string[]? CapAdd { get; init; }
    public string[]? CapDrop { get; init; }
    public string CgroupnsMode
    {
        get;
        init => field = value ?? "";
    } = "";
    public string[]? Dns { get; init; }
    public string[]? DnsOptions { get; init; }
    public string[]? DnsSearch { get; init; }
    public string[]? ExtraHosts { get; init; }
    public string[]? GroupAdd { get; init; }
    public string IpcMode
    {
        get;
        init => field = value ?? "";
    } = "";
    public string Cgroup
    {
        get;
        init => field = value ?? "";
    } = "";
    public string[]? Links { get; init; }
    public int OomScoreAdj { get; init; }
    public string PidMode
    {
        get;
        init => field = value ?? "";
    } = "";
    public bool Privileged { get; init; }
    public bool PublishAllPorts { get; init; }
    public bool ReadonlyRootfs { get; init; }
    public string[]? SecurityOpt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Dictionary<string, string>? StorageOpt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Dictionary<string, string>? Tmpfs { get; init; }
    public string UTSMode
    {
        get;
        init => field = value ?? "";
    } = "";
    public string UsernsMode
    {
        get;
        init => field = value ?? "";
    } = "";
    public long ShmSize { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Dictionary<string, string>? Sysctls { get; init; }
    public string Runtime
    {
        get;
        init => field = value ?? "";
    } = "";
    public string Isolation
    {
        get;
        init => field = value ?? "";
    } = "";
    public string[]? MaskedPaths { get; init; }
    public string[]? ReadonlyPaths { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Init { get; init; }

    public long CpuShares { get; init; }
    public long Memory { get; init; }
    public long NanoCpus { get; init; }
    public string CgroupParent
    {
        get;
        init => field = value ?? "";
    } = "";
    public ushort BlkioWeight { get; init; }
    public WeightDevice[]? BlkioWeightDevice { get; init; }
    public ThrottleDevice[]? BlkioDeviceReadBps { get; init; }
    public ThrottleDevice[]? BlkioDeviceWriteBps { get; init; }
    public ThrottleDevice[]? BlkioDeviceReadIOps { get; init; }
    public ThrottleDevice[]? BlkioDeviceWriteIOps { get; init; }
    public long CpuPeriod { get; init; }
    public long CpuQuota { get; init; }
    public long CpuRealtimePeriod { get; init; }
    public long CpuRealtimeRuntime { get; init; }
    public string CpusetCpus
    {
        get;
        init => field = value ?? "";
    } = "";
    public string CpusetMems
    {
        get;
        init => field = value ?? "";
    } = "";
    public DeviceMapping[]? Devices { get; init; }
    public string[]? DeviceCgroupRules { get; init; }
    public DeviceRequest[]? DeviceRequests { get; init; }

    /// <summary>Gone from the API with 1.42, still sent by clients; the engine discards it with a warning.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long KernelMemory { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long KernelMemoryTCP { get; init; }
    public long MemoryReservation { get; init; }
    public long MemorySwap { get; init; }
    public long? MemorySwappiness { get; init; }
    public bool? OomKillDisable { get; init; }
    public long? PidsLimit { get; init; }
    public Ulimit[]? Ulimits { get; init; }

    /// <summary>Windows containers' limits: shown as Docker shows them, refused when they are set.</summary>
    public long CpuCount { get; init; }
    public long CpuPercent { get; init; }
    public ulong IOMaximumIOps { get; init; }
    public ulong IOMaximumBandwidth { get; init; }
}

/// <summary>A log driver by name, with its options.</summary>
public sealed record LogConfig
{
    public string Type
    {
        get;
        init => field = value ?? "";
    } = "";
    public Dictionary<string, string>? Config { get; init; }
}

/// <summary>"no" (or empty), "always", "unless-stopped", "on-failure" with a maximum count (0: no maximum).</summary>
public sealed record RestartPolicy
{
    public string Name
    {
        get;
        init => field = value ?? "";
    } = "";
    public int MaximumRetryCount { get; init; }
}

/// <summary>A host address and port; both may be empty (any address, a free port).</summary>
public sealed record PortBinding
{
    public string HostIp
    {
        get;
        init => field = value ?? "";
    } = "";
    public string HostPort
    {
        get;
        init => field = value ?? "";
    } = "";
}

/// <summary>A device of the host made visible, with cgroup permissions out of "rwm".</summary>
public sealed record DeviceMapping
{
    public string PathOnHost
    {
        get;
        init => field = value ?? "";
    } = "";
    public string PathInContainer
    {
        get;
        init => field = value ?? "";
    } = "";
    public string CgroupPermissions
    {
        get;
        init => field = value ?? "";
    } = "";
}

/// <summary>A request to a device driver (GPUs and the like).</summary>
public sealed record DeviceRequest
{
    public string Driver
    {
        get;
        init => field = value ?? "";
    } = "";
    public int Count { get; init; }
    public string[]? DeviceIDs { get; init; }
    public string[][]? Capabilities { get; init; }
    public Dictionary<string, string>? Options { get; init; }
}

/// <summary>A resource limit by its name without RLIMIT_, in lower case: "nofile".</summary>
public sealed record Ulimit
{
    public string Name
    {
        get;
        init => field = value ?? "";
    } = "";
    public long Soft { get; init; }
    public long Hard { get; init; }
}

/// <summary>A block device's relative weight, 10 to 1000.</summary>
public sealed record WeightDevice
{
    public string Path
    {
        get;
        init => field = value ?? "";
    } = "";
    public ushort Weight { get; init; }
}

/// <summary>A block device's limit in bytes or operations a second.</summary>
public sealed record ThrottleDevice
{
    public string Path
    {
        get;
        init => field = value ?? "";
    } = "";
    public ulong Rate { get; init; }
}
