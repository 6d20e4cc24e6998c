using System.Text.Json.Serialization;

namespace Pier.Model;

/// <summary>
/// What a container runs, independent of the host: Docker Engine API "ContainerConfig". Property names are the wire's, so the
/// same record is a part of requests, of answers and of what the store keeps. Lists and maps may be null: absent is not empty;
/// strings never are (a source-generated reader sets init properties that the JSON lacks to null, hence the setters).
/// </summary>
public sealed record ContainerConfig
{
    public string Hostname
    {
        get;
        init => field = value ?? "";
    } = "";
    public string Domainname
    {
        get;
        init => field = value ?? "";
    } = "";
    public string User
    {
        get;
        init => field = value ?? "";
    } = "";
    public bool AttachStdin { get; init; }
    public bool AttachStdout { get; init; }
    public bool AttachStderr { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Dictionary<string, EmptyObject>? ExposedPorts { get; init; }
    public bool Tty { get; init; }
    public bool OpenStdin { get; init; }
    public bool StdinOnce { get; init; }
    public string[]? Env { get; init; }

    [JsonConverter(typeof(CommandConverter))]
    public string[]? Cmd { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HealthConfig? Healthcheck { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? ArgsEscaped { get; init; }
    public string Image
    {
        get;
        init => field = value ?? "";
    } = "";
    public Dictionary<string, EmptyObject>? Volumes { get; init; }
    public string WorkingDir
    {
        get;
        init => field = value ?? "";
    } = "";

    [JsonConverter(typeof(CommandConverter))]
    public string[]? Entrypoint { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? NetworkDisabled { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? MacAddress { get; init; }
    public string[]? OnBuild { get; init; }
    public Dictionary<string, string>? Labels { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? StopSignal { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? StopTimeout { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
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
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string[]? Test { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Interval { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Timeout { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Retries { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? StartPeriod { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? StartInterval { get; init; }
}
