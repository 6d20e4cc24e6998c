using Pier.Model;

namespace Pier.Build.Graph;

/// <summary>A process over a tree; what it changes is the step's layer.</summary>
public sealed class RunStep : Vertex
{
    public required Vertex Base { get; init; }
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>NAME=value; build arguments included.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>"user", "user:group", ids, or "" for root; names are looked up in the base.</summary>
    public string User { get; init; } = "";
    public IReadOnlyList<RunMount> Mounts { get; init; } = [];
    public RunNetwork Network { get; init; } = RunNetwork.Default;

    /// <summary>--security=insecure: with every capability, without seccomp. Needs the build's entitlement.</summary>
    public bool Insecure { get; init; }

    /// <summary>What proxies and the like add to the environment without being part of the cache key.</summary>
    public IReadOnlyList<string> UncachedEnvironment { get; init; } = [];

    /// <summary>What the step is for, for messages: what it runs is what lies in its tree.</summary>
    public Platform? Platform { get; init; }

    public override IReadOnlyList<Vertex> Inputs =>
        [Base, .. Mounts.OfType<BindMount>().Select(m => m.From), .. Mounts.OfType<CacheMount>().Select(m => m.From).OfType<Vertex>()];
}

/// <summary>RUN --network.</summary>
public enum RunNetwork
{
    Default,
    None,
    Host,
}

/// <summary>RUN --mount: a tree, a directory or a file that only this step sees.</summary>
public abstract record RunMount
{
    /// <summary>Where the step sees it; relative paths count from its working directory.</summary>
    public required string Target { get; init; }
}

/// <summary>type=bind: another tree, or the context. Writes are lost.</summary>
public sealed record BindMount : RunMount
{
    public required Vertex From { get; init; }
    public string Source { get; init; } = "/";
    public bool ReadOnly { get; init; } = true;
}

/// <summary>type=cache: a directory that outlives the build and is part of no cache key.</summary>
public sealed record CacheMount : RunMount
{
    public required string Id { get; init; }
    public CacheSharing Sharing { get; init; } = CacheSharing.Shared;

    /// <summary>What a new cache begins with.</summary>
    public Vertex? From { get; init; }
    public string Source { get; init; } = "/";
    public bool ReadOnly { get; init; }
    public int Mode { get; init; } = 0x1ED;
    public int UserId { get; init; }
    public int GroupId { get; init; }
}

/// <summary>Whether several steps may use a cache at once, wait for each other, or get one each.</summary>
public enum CacheSharing
{
    Shared,
    Private,
    Locked,
}

/// <summary>type=tmpfs. Size in bytes; 0: half of the memory.</summary>
public sealed record TmpfsMount : RunMount
{
    public long Size { get; init; }
}

/// <summary>type=secret: a file, a variable, or both, that ends in no layer and no cache key.</summary>
public sealed record SecretMount : RunMount
{
    public required string Id { get; init; }
    public bool Required { get; init; }

    /// <summary>The variable that holds it instead of a file, or null.</summary>
    public string? Variable { get; init; }
    public int Mode { get; init; } = 0x100;
    public int UserId { get; init; }
    public int GroupId { get; init; }
}

/// <summary>type=ssh: a socket of the client's agent.</summary>
public sealed record SshMount : RunMount
{
    public string Id { get; init; } = "default";
    public bool Required { get; init; }
    public int Mode { get; init; } = 0x180;
    public int UserId { get; init; }
    public int GroupId { get; init; }
}
