using System.Text.Json.Serialization;
using Pier.Model;

namespace Pier.Contracts;

/// <summary>POST /containers/{id}/exec.</summary>
public sealed record ExecCreateRequest
{
    public string User
    {
        get;
        init => field = value ?? "";
    } = "";
    public bool Privileged { get; init; }
    public bool Tty { get; init; }
    public int[]? ConsoleSize { get; init; }
    public bool AttachStdin { get; init; }
    public bool AttachStderr { get; init; }
    public bool AttachStdout { get; init; }
    public string DetachKeys
    {
        get;
        init => field = value ?? "";
    } = "";
    public string[]? Env { get; init; }
    public string WorkingDir
    {
        get;
        init => field = value ?? "";
    } = "";

    [JsonConverter(typeof(CommandConverter))]
    public string[]? Cmd { get; init; }
}

/// <summary>POST /exec/{id}/start; ConsoleSize is [rows, columns].</summary>
public sealed record ExecStartRequest
{
    public bool Detach { get; init; }
    public bool Tty { get; init; }
    public int[]? ConsoleSize { get; init; }
}

/// <summary>GET /exec/{id}/json.</summary>
public sealed record ExecInspect
{
    public string ID { get; init; } = "";
    public bool Running { get; init; }
    public int? ExitCode { get; init; }
    public ExecProcess ProcessConfig { get; init; } = new();
    public bool OpenStdin { get; init; }
    public bool OpenStderr { get; init; }
    public bool OpenStdout { get; init; }
    public bool CanRemove { get; init; }
    public string ContainerID { get; init; } = "";
    public string DetachKeys { get; init; } = "";
    public int Pid { get; init; }
}

/// <summary>An exec's command; these names are lower-case on the wire.</summary>
public sealed record ExecProcess
{
    [JsonPropertyName("tty")]
    public bool Tty { get; init; }

    [JsonPropertyName("entrypoint")]
    public string Entrypoint { get; init; } = "";

    [JsonPropertyName("arguments")]
    public IReadOnlyList<string> Arguments { get; init; } = [];

    [JsonPropertyName("privileged")]
    public bool Privileged { get; init; }

    [JsonPropertyName("user")]
    public string User { get; init; } = "";
}
