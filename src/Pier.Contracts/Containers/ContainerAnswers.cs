using System.Text.Json.Serialization;

namespace Pier.Contracts;

/// <summary>POST /containers/{id}/wait.</summary>
public sealed record WaitResponse
{
    public long StatusCode { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WaitError? Error { get; init; }
}

/// <summary>Why a wait ended without an exit of its own.</summary>
public sealed record WaitError(string Message);

/// <summary>GET /containers/{id}/top.</summary>
public sealed record TopResponse(IReadOnlyList<IReadOnlyList<string>> Processes, IReadOnlyList<string> Titles);

/// <summary>POST /containers/{id}/update.</summary>
public sealed record UpdateContainerResponse(IReadOnlyList<string>? Warnings);

/// <summary>POST /containers/prune; the list is null when nothing was removed.</summary>
public sealed record ContainersPruneResponse(IReadOnlyList<string>? ContainersDeleted, long SpaceReclaimed);
