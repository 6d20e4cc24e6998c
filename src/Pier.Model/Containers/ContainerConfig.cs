using System.Text.Json.Serialization;

namespace Pier.Model;

/// <summary>
/// What a container runs, independent of the host: Docker Engine API "ContainerConfig". Property names are the wire's, so the
/// same record is a part of requests, of answers and of what the store keeps. Lists and maps may be null: absent is not empty.
/// </summary>
public sealed record ContainerConfig
{
    public string Hostname { get; init; } = "";
    public string Domainname { get; init; } = "";
    public string User { get; init; } = "";
    public bool AttachStdin { get; init; }
    public bool AttachStdout { get; init; }
    public bool AttachStderr { get; init; }
    public Dictionary<string, EmptyObject>? ExposedPorts { get; init; }
    public bool Tty { get; init; }
    public bool OpenStdin { get; init; }
    public bool StdinOnce { get; init; }
    public string[]? Env { get; init; }
    public string[]? Cmd { get; init; }
    public HealthConfig? Healthcheck { get; init; }
    public bool? ArgsEscaped { get; init; }
    public string Image { get; init; } = "";
    public Dictionary<string, EmptyObject>? Volumes { get; init; }
    public string WorkingDir { get; init; } = "";
    public string[]? Entrypoint { get; init; }
    public bool? NetworkDisabled { get; init; }
    public string? MacAddress { get; init; }
    public string[]? OnBuild { get; init; }
    public Dictionary<string, string>? Labels { get; init; }
    public string? StopSignal { get; init; }
    public int? StopTimeout { get; init; }
    public string[]? Shell { get; init; }
}

/// <summary>Docker's set notation: the value of {"80/tcp": {}}.</summary>
public sealed record EmptyObject
{
    [JsonIgnore]
    public static EmptyObject Instance { get; } = new();
}

/// <summary>A health check: Test is ["NONE"], ["CMD", ...] or ["CMD-SHELL", line]; times in nanoseconds, 0 means inherit.</summary>
public sealed record HealthConfig
{
    public string[]? Test { get; init; }
    public long? Interval { get; init; }
    public long? Timeout { get; init; }
    public int? Retries { get; init; }
    public long? StartPeriod { get; init; }
    public long? StartInterval { get; init; }
}
