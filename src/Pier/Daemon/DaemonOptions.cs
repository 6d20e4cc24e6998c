using Pier.Api;
using Pier.Engine;
using Pier.Model;

namespace Pier.Daemon;

/// <summary>The daemon's settings: dockerd's flags and daemon.json keys of the same names.</summary>
sealed record DaemonOptions
{
    public string DataRoot { get; init; } = "/var/lib/pier";
    public string ExecRoot { get; init; } = "/run/pier";

    /// <summary>Where it listens; none given means unix://EXEC-ROOT/pier.sock.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Bytes that a build may leave in the cache; 0 for no limit.</summary>
    public IReadOnlyList<Pier.Engine.Builds.PruneBuilds> BuildCachePolicy { get; init; } = [];

    /// <summary>Null means EXEC-ROOT/pier.pid.</summary>
    public string? PidFile { get; init; }
    public string StorageDriver { get; init; } = "";
    public string? BridgeAddress { get; init; }
    public string Bridge { get; init; } = "pier0";
    public NetworkDefaults Network { get; init; } = new();
    public string LogLevel { get; init; } = "info";
    public bool Debug { get; init; }
    public string? ConfigFile { get; init; }
    public string Group { get; init; } = "docker";
    public bool LiveRestore { get; init; } = true;
    public string CgroupParent { get; init; } = "/pier";

    /// <summary>What was asked for and is done otherwise, for `info`.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
    public string LogDriver { get; init; } = "json-file";
    public IReadOnlyDictionary<string, string> LogOptions { get; init; } = new Dictionary<string, string>();
    public ContainerDefaults Defaults { get; init; } = new();
    public IReadOnlyDictionary<string, RuntimeCommand> Runtimes { get; init; } = new Dictionary<string, RuntimeCommand>();
    public string UsernsRemap { get; init; } = "";
    public IReadOnlyList<string> Dns { get; init; } = [];
    public IReadOnlyList<string> DnsOptions { get; init; } = [];
    public IReadOnlyList<string> DnsSearch { get; init; } = [];
    public IReadOnlyList<string> Labels { get; init; } = [];
    public IReadOnlyList<string> RegistryMirrors { get; init; } = [];
    public IReadOnlyList<string> InsecureRegistries { get; init; } = [];

    /// <summary>A file that says which images need whose signature.</summary>
    public string? TrustPolicy { get; init; }
    public bool InsecureTcp { get; init; }
    public bool Validate { get; init; }
    public bool TlsOn { get; init; }
    public bool TlsVerify { get; init; }
    public string TlsAuthority { get; init; } = "/etc/pier/ca.pem";
    public string TlsCertificate { get; init; } = "/etc/pier/cert.pem";
    public string TlsKey { get; init; } = "/etc/pier/key.pem";

    /// <summary>--tlsverify asks clients for a certificate; --tls alone only encrypts.</summary>
    public TlsOptions? Tls => TlsOn || TlsVerify ? new TlsOptions(TlsCertificate, TlsKey, TlsVerify ? TlsAuthority : null) : null;

    public IReadOnlyList<string> ListenOn => Hosts.Count > 0 ? Hosts : [$"unix://{ExecRoot}/pier.sock"];
    public string PidPath => PidFile ?? $"{ExecRoot}/pier.pid";

    /// <summary>"debug", "info", "warn", "error" or "fatal" in force.</summary>
    public string Level => Debug ? "debug" : LogLevel;

    /// <summary>Checks what can be checked without the host.</summary>
    public DaemonOptions Checked()
    {
        if (LogLevel is not ("debug" or "info" or "warn" or "error" or "fatal"))
            throw new InvalidParameterException($"invalid logging level: {LogLevel}");
        foreach (var path in (string[])[DataRoot, ExecRoot])
        {
            if (!Path.IsPathRooted(path))
                throw new InvalidParameterException($"not an absolute path: {path}");
        }
        DefaultSettings.Check(this);
        if (Bridge.Length is 0 or > 15)
            throw new InvalidParameterException($"invalid bridge name: \"{Bridge}\"");
        if (BridgeAddress is not null && Bridge == "none")
            throw new InvalidParameterException("You specified -b & --bip, mutually exclusive options. Please specify only one");
        return this;
    }
}
