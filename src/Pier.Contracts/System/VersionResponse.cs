namespace Pier.Contracts;

/// <summary>GET /version.</summary>
public sealed record VersionResponse
{
    public PlatformName Platform { get; init; } = new("");
    public IReadOnlyList<ComponentVersion> Components { get; init; } = [];
    public string Version { get; init; } = "";
    public string ApiVersion { get; init; } = "";
    public string MinAPIVersion { get; init; } = "";
    public string GitCommit { get; init; } = "";

    /// <summary>Clients print it as the language's version; Pier names its own.</summary>
    public string GoVersion { get; init; } = "";

    public string Os { get; init; } = "";
    public string Arch { get; init; } = "";
    public string KernelVersion { get; init; } = "";
    public string BuildTime { get; init; } = "";
}

/// <summary>The product's name.</summary>
public sealed record PlatformName(string Name);

/// <summary>A part of the product and its version.</summary>
public sealed record ComponentVersion(string Name, string Version, IReadOnlyDictionary<string, string>? Details);
