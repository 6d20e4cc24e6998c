using Pier.Distribution.Credentials;

namespace Pier.Distribution;

/// <summary>How registries are reached. The names are daemon.json's where it has one.</summary>
public sealed record RegistryClientOptions
{
    /// <summary>registry-mirrors: URLs that are asked for Docker Hub's images first.</summary>
    public IReadOnlyList<string> Mirrors { get; init; } = [];

    /// <summary>
    /// insecure-registries: "host", "host:port" or a CIDR, reached without checking certificates or without TLS. 127.0.0.0/8 and ::1 always
    /// are.
    /// </summary>
    public IReadOnlyList<string> InsecureRegistries { get; init; } = [];

    /// <summary>
    /// A directory with a directory HOST[:PORT] a registry: *.crt authorities, NAME.cert and NAME.key client certificates. Null for none.
    /// </summary>
    public string? CertificateDirectory { get; init; } = "/etc/docker/certs.d";

    /// <summary>Credentials where a call brings none.</summary>
    public ICredentialSource? Credentials { get; init; }

    public int MaxConcurrentDownloads { get; init; } = 3;
    public int MaxConcurrentUploads { get; init; } = 5;

    /// <summary>max-download-attempts: how often in a row a request may fail, without a byte of progress, before the pull does.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>The pause after the first failure; it doubles with every further one.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a transfer may stand still before it counts as broken.</summary>
    public TimeSpan StallLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of a chunk of an upload; 0 sends every blob whole.</summary>
    public long UploadChunk { get; init; }

    /// <summary>Sent as User-Agent.</summary>
    public string UserAgent { get; init; } = $"pier/{typeof(RegistryClientOptions).Assembly.GetName().Version?.ToString(3)} (linux)";

    /// <summary>Where Docker Hub's images are, and where it searches.</summary>
    public string HubRegistry { get; init; } = "https://registry-1.docker.io";

    /// <inheritdoc cref="HubRegistry"/>
    public string HubIndex { get; init; } = "https://index.docker.io";
}
