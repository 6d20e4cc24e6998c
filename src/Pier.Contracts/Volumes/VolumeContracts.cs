namespace Pier.Contracts;

/// <summary>A volume.</summary>
public sealed record VolumeResource
{
    public string? CreatedAt { get; init; }
    public string Driver { get; init; } = "local";
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
    public string Mountpoint { get; init; } = "";
    public string Name { get; init; } = "";
    public IReadOnlyDictionary<string, string>? Options { get; init; }
    public string Scope { get; init; } = "local";
}

/// <summary>GET /volumes.</summary>
public sealed record VolumesListResponse(IReadOnlyList<VolumeResource> Volumes, IReadOnlyList<string>? Warnings);
