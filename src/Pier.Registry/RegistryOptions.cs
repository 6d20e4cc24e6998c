using Pier.Registry.Proxy;

namespace Pier.Registry;

/// <summary>What a registry server needs to know. Every path is a file or directory of this machine.</summary>
public sealed record RegistryOptions
{
    /// <summary>The directory of its state; with <see cref="S3"/> only uploads that are under way live there.</summary>
    public required string Root { get; init; }

    /// <summary>Address and port, "127.0.0.1:5000", "[::]:5000" or ":5000"; port 0 means any.</summary>
    public string Listen { get; init; } = "127.0.0.1:5000";

    /// <summary>Certificate and key, PEM; null for plain HTTP.</summary>
    public RegistryTls? Tls { get; init; }

    /// <summary>Where objects are kept instead of the root's directory.</summary>
    public S3Options? S3 { get; init; }

    /// <summary>A file as htpasswd -B writes it; null for none.</summary>
    public string? Htpasswd { get; init; }

    /// <summary>Tokens of a token server; null for none. Not together with <see cref="Htpasswd"/>.</summary>
    public TokenOptions? Token { get; init; }

    /// <summary>The name of the protected space in challenges.</summary>
    public string Realm { get; init; } = "Pier registry";

    /// <summary>Refuse every change.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>
    /// Another registry whose content is fetched when it is asked for and kept; makes the registry read-only for clients.
    /// </summary>
    public IUpstream? Upstream { get; init; }

    /// <summary>The upstream's address as the operator gave it.</summary>
    public string? UpstreamUrl { get; init; }

    /// <summary>How long a tag that came from the upstream is answered without asking again.</summary>
    public TimeSpan UpstreamTagLifetime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often garbage is collected while serving; zero for never.</summary>
    public TimeSpan CollectEvery { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long content that no manifest refers to is kept: longer than any client takes between pushing a blob and its manifest.
    /// </summary>
    public TimeSpan CollectGrace { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Whether manifests that have neither a tag, nor an index or a subject that keeps them, are garbage too.</summary>
    public bool CollectUntagged { get; init; }

    /// <summary>Uploads that rested longer are given up.</summary>
    public TimeSpan UploadLifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>One line for each thing the operator should know.</summary>
    public Action<string>? Log { get; init; }
}

/// <summary>PEM files.</summary>
public sealed record RegistryTls(string Certificate, string Key);

/// <summary>
/// Bearer tokens (Docker registry token authentication): clients are sent to <paramref name="Realm"/>, a URL, and come back with a JWT for
/// <paramref name="Service"/> from <paramref name="Issuer"/>, signed (RS256, ES256) with one of the keys or certificates in the PEM files.
/// </summary>
public sealed record TokenOptions(string Realm, string Service, string Issuer, IReadOnlyList<string> KeyFiles);

/// <summary>
/// A bucket of Amazon S3 or of a server that speaks its protocol (<paramref name="Endpoint"/>, a URL). Without keys the SDK's usual sources
/// are used (environment, profile, instance role). Every key begins with <paramref name="Prefix"/>.
/// </summary>
public sealed record S3Options(
    string Bucket,
    string Region,
    string? Endpoint = null,
    string Prefix = "",
    string? AccessKey = null,
    string? SecretKey = null
);
