using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pier.Runtime.Commands;

/// <summary>What "pier runtime" keeps of a container in ROOT/ID/state.json.</summary>
sealed record ContainerState
{
    public string OciVersion { get; init; } = "1.2.0";
    public required string Id { get; init; }

    /// <summary>The first process; together with its start time it cannot be mistaken for another.</summary>
    public int InitProcessPid { get; init; }
    public ulong InitProcessStart { get; init; }
    public DateTimeOffset Created { get; init; }
    public required string Bundle { get; init; }
    public required string Rootfs { get; init; }
    public required string CgroupPath { get; init; }
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
    public Model.Runtime.Hooks? Hooks { get; init; }

    /// <summary>The container's process as the bundle describes it: what an exec inherits.</summary>
    public Model.Runtime.Process? Process { get; init; }
    public Model.Runtime.LinuxSeccomp? Seccomp { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(ContainerState))]
sealed partial class ContainerStateJson : JsonSerializerContext;
