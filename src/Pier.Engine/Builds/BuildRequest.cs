using Pier.Engine.Builds.Caches;
using Pier.Engine.Builds.Sessions;
using Pier.Engine.Images;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Engine.Builds;

/// <summary>A build as it was asked for, whichever wire it came by.</summary>
public sealed record BuildRequest
{
    /// <summary>Before the name of a result in a context's address: to a Dockerfile it is an image.</summary>
    public const string ResultScheme = "docker-image://";

    /// <summary>Gives the build its files: directories "context" and "dockerfile", and those of named contexts.</summary>
    public required IBuildClient Client { get; init; }

    /// <summary>The Dockerfile's path in the directory "dockerfile".</summary>
    public string Dockerfile { get; init; } = "Dockerfile";
    public IReadOnlyDictionary<string, string?> Arguments { get; init; } = new Dictionary<string, string?>();
    public string Target { get; init; } = "";
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>What to build for: none is this host's, and of several comes an index of images.</summary>
    public IReadOnlyList<Platform> Platforms { get; init; } = [];

    /// <summary>Addresses of --build-context by name: "docker-image://name", "local:name", or a git repository.</summary>
    public IReadOnlyDictionary<string, string> NamedContexts { get; init; } = new Dictionary<string, string>();

    /// <summary>Results of other builds, by the names of contexts whose address is <see cref="ResultScheme"/> and that name.</summary>
    public IReadOnlyDictionary<string, FinishedBuild> Results { get; init; } = new Dictionary<string, FinishedBuild>();
    public bool NoCache { get; init; }
    public IReadOnlyList<string> NoCacheFilter { get; init; } = [];

    /// <summary>Ask the registry for base images that are here already.</summary>
    public bool Pull { get; init; }
    public string Network { get; init; } = "default";
    public IReadOnlyList<string> ExtraHosts { get; init; } = [];

    /// <summary>Limits of the RUN steps, as a container's.</summary>
    public HostConfig Limits { get; init; } = new();
    public bool AllowInsecure { get; init; }

    /// <summary>Names of the image; none leaves it dangling.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];
    public bool Squash { get; init; }

    /// <summary>False: nothing comes into the store but the cache; whoever asked takes the result out of the answer.</summary>
    public bool Store { get; init; } = true;

    public LayerTimes LayerTimes { get; init; } = new(null, null);

    /// <summary>Caches that lie elsewhere: to read before the build, and to write after it.</summary>
    public IReadOnlyList<CachePlace> CacheFrom { get; init; } = [];
    public IReadOnlyList<CachePlace> CacheTo { get; init; } = [];

    /// <summary>Hears of caches that are of no use; the build goes on.</summary>
    public Action<string> CacheTrouble { get; init; } = _ => { };

    /// <summary>The client's session, for caches that lie with it; null for none.</summary>
    public IBuildSession? Session { get; init; }

    /// <summary>Credentials for a registry ("docker.io", "localhost:5000"), or null.</summary>
    public Func<string, CancellationToken, Task<RegistryAuth?>> Credentials { get; init; } = (_, _) => Task.FromResult<RegistryAuth?>(null);

    /// <summary>Takes what the build tells; called by one thread at a time, and waited for.</summary>
    public Action<BuildEvent> Progress { get; init; } = _ => { };

    /// <summary>Hears where in the file the build failed, before its error is thrown; not called when that is nowhere.</summary>
    public Action<BuildFailure> Failed { get; init; } = _ => { };

    /// <summary>Takes what pulling a base image tells.</summary>
    public Func<ImageProgress, ValueTask> PullProgress { get; init; } = _ => ValueTask.CompletedTask;

    /// <summary>What POST /build/cancel names it by, or null.</summary>
    public string? Id { get; init; }
}

/// <summary>The times of the files of the layers that a build makes.</summary>
/// <param name="Rewrite">Whether none is later than SOURCE_DATE_EPOCH; null: where the build has one.</param>
/// <param name="SourceDate">That of an exporter, which goes before the build's.</param>
public sealed record LayerTimes(bool? Rewrite, DateTimeOffset? SourceDate);
