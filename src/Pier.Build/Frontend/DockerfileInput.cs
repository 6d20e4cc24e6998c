using Pier.Build.Graph;
using Pier.Model;

namespace Pier.Build.Frontend;

/// <summary>A Dockerfile and what the user said about its build.</summary>
public sealed record DockerfileInput
{
    /// <summary>The file's bytes.</summary>
    public required ReadOnlyMemory<byte> Text { get; init; }

    /// <summary>For messages.</summary>
    public string FileName { get; init; } = "Dockerfile";

    /// <summary>
    /// Where COPY and ADD take their files from; null is the client's directory "context" without what <see cref="Excludes"/> names.
    /// </summary>
    public Vertex? Context { get; init; }

    /// <summary>.dockerignore of the context (<see cref="Pier.Model.Builds.IgnoreFile"/>).</summary>
    public IReadOnlyList<string> Excludes { get; init; } = [];

    /// <summary>--build-arg; a value of null takes the argument away, as if it were not given.</summary>
    public IReadOnlyDictionary<string, string?> Arguments { get; init; } = new Dictionary<string, string?>();

    /// <summary>--target: a stage's name or number; "" is the last.</summary>
    public string Target { get; init; } = "";

    /// <summary>--label.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>What the image is for, and what builds it.</summary>
    public Platform Platform { get; init; } = Platform.Host;
    public Platform BuildPlatform { get; init; } = Platform.Host;

    /// <summary>--build-context, by name in lower case.</summary>
    public IReadOnlyDictionary<string, NamedContext> NamedContexts { get; init; } = new Dictionary<string, NamedContext>();

    public bool Pull { get; init; }
    public bool NoCache { get; init; }

    /// <summary>--no-cache-filter: names of stages.</summary>
    public IReadOnlyList<string> NoCacheFilter { get; init; } = [];
}

/// <summary>A context besides the main one.</summary>
/// <param name="Address">"docker-image://name", "local:name" (a directory of the client), or the address of a git repository.</param>
public sealed record NamedContext(string Address)
{
    /// <summary>.dockerignore of a local one.</summary>
    public IReadOnlyList<string> Excludes { get; init; } = [];
}
