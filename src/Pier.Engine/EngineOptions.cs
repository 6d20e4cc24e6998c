namespace Pier.Engine;

/// <summary>How an engine is set up. Defaults are those of `pier daemon`.</summary>
public sealed record EngineOptions
{
    public string DataRoot { get; init; } = "/var/lib/pier";
    public string ExecRoot { get; init; } = "/run/pier";
    public string StorageDriver { get; init; } = "overlay";

    /// <summary>The bridge's name; "none" for no default bridge.</summary>
    public string Bridge { get; init; } = "pier0";

    /// <summary>The bridge's address as CIDR; null lets the engine find a free range.</summary>
    public string? BridgeAddress { get; init; }

    public NetworkDefaults Network { get; init; } = new();

    /// <summary>Cgroup under which containers live.</summary>
    public string CgroupParent { get; init; } = "/pier";

    /// <summary>What `info` is to warn of, besides what the engine finds itself.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>
    /// The command that "supervisor --exec-root DIR" and "relay" are appended to (the path of a pier executable); null for this program.
    /// </summary>
    public IReadOnlyList<string>? SupervisorCommand { get; init; }

    /// <summary>A file for what the supervisor has to complain about; null for none.</summary>
    public string? SupervisorLog { get; init; }

    /// <summary>Leave containers running when the engine is closed.</summary>
    public bool LiveRestore { get; init; } = true;

    /// <summary>Defaults for containers that name no log options.</summary>
    public string LogDriver { get; init; } = "json-file";
    public IReadOnlyDictionary<string, string> LogOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>What containers get that do not say otherwise.</summary>
    public ContainerDefaults Defaults { get; init; } = new();

    /// <summary>Other OCI runtimes by the name that `--runtime` takes.</summary>
    public IReadOnlyDictionary<string, RuntimeCommand> Runtimes { get; init; } = new Dictionary<string, RuntimeCommand>();

    /// <summary>--userns-remap: "default", user or user:group; empty for none.</summary>
    public string UsernsRemap { get; init; } = "";

    public IReadOnlyList<string> Dns { get; init; } = [];
    public IReadOnlyList<string> DnsOptions { get; init; } = [];
    public IReadOnlyList<string> DnsSearch { get; init; } = [];

    /// <summary>URLs that are asked for Docker Hub's images first.</summary>
    public IReadOnlyList<string> RegistryMirrors { get; init; } = [];

    /// <summary>"host:port" or CIDR of registries without TLS, or whose certificate is not checked.</summary>
    public IReadOnlyList<string> InsecureRegistries { get; init; } = [];

    /// <summary>Certificates of registries, a directory HOST[:PORT] each.</summary>
    public string? CertificateDirectory { get; init; } = "/etc/docker/certs.d";

    /// <summary>What is pruned of the build cache when a build has ended, rule by rule; none for no limit.</summary>
    public IReadOnlyList<Builds.PruneBuilds> BuildCachePolicy { get; init; } = [];

    /// <summary>Directories in which plugins say where they listen.</summary>
    public IReadOnlyList<string> PluginDirectories { get; init; } =
    ["/run/docker/plugins", "/etc/docker/plugins", "/usr/lib/docker/plugins"];

    /// <summary>Those, after the engine's own.</summary>
    internal IReadOnlyList<string> Plugins => [Path.Combine(ExecRoot, "plugins"), .. PluginDirectories];

    /// <summary>A file that says which images need whose signature (Pier.Model.Trust.TrustPolicy); null for none.</summary>
    public string? TrustPolicy { get; init; }

    /// <summary>Told, in a line each, what goes wrong without a client being there to hear of it. Thread-safe.</summary>
    public Action<string> Log { get; init; } = _ => { };

    public IReadOnlyList<string> Labels { get; init; } = [];
    public bool Debug { get; init; }
}
