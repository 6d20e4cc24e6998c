namespace Pier.Engine.Builds.Sessions;

/// <summary>Which part of which of the client's directories is asked for.</summary>
public sealed record DirectoryRequest
{
    /// <summary>"context", "dockerfile", or the name of --build-context.</summary>
    public required string Name { get; init; }

    /// <summary>Only these paths (wildcards as in COPY) and what their symlinks lead to; empty for everything.</summary>
    public IReadOnlyList<string> FollowPaths { get; init; } = [];

    /// <summary>Patterns of .dockerignore, in order, negations included.</summary>
    public IReadOnlyList<string> Excludes { get; init; } = [];

    /// <summary>Told how many bytes of content came since it was told last.</summary>
    public Action<int>? Progress { get; init; }
}
