namespace Pier.Build.Sources;

/// <summary>How much a build fetches from other machines, and how long it waits for them.</summary>
public sealed record RemoteLimits
{
    /// <summary>One downloaded file.</summary>
    public long FileBytes { get; init; } = 16L << 30;

    /// <summary>A server that says nothing for so long is gone.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>One run of git.</summary>
    public TimeSpan Git { get; init; } = TimeSpan.FromMinutes(15);
}
