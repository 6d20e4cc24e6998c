using Pier.Distribution;
using Pier.Distribution.Credentials;
using Pier.Model;
using Pier.Registry.Proxy;

namespace Pier.Registries;

/// <summary>The registry behind a pull-through cache, reached by the registry client: neither room knows the other.</summary>
sealed class DistributionUpstream(RegistryClient client, string domain) : IUpstream
{
    /// <summary>For --proxy-remote: a URL or a host; the user's docker configuration has the credentials.</summary>
    public static IUpstream At(string text)
    {
        var uri = text.Contains("://", StringComparison.Ordinal) ? new Uri(text) : new Uri("https://" + text);
        var isPlain = uri.Scheme == Uri.UriSchemeHttp;
        var options = new RegistryClientOptions
        {
            Credentials = new DockerConfigCredentials(DockerConfigCredentials.DefaultPath),
            InsecureRegistries = isPlain ? [uri.Authority] : [],
        };
        var isHub = uri.Host is "docker.io" or "index.docker.io" or "registry-1.docker.io";
        return new DistributionUpstream(new RegistryClient(options), isHub ? "docker.io" : uri.Authority);
    }

    public async Task<Digest?> ResolveAsync(string repository, string tag, CancellationToken ct) =>
        (await client.ManifestAsync(Named(repository).WithTag(tag), ct: ct))?.Descriptor.Digest;

    public async Task<UpstreamManifest?> ManifestAsync(string repository, Digest digest, CancellationToken ct) =>
        await client.ManifestAsync(Named(repository).WithDigest(digest), ct: ct) is { } fetched
            ? new UpstreamManifest(fetched.Descriptor.MediaType, fetched.Bytes)
            : null;

    public Task<Stream?> BlobAsync(string repository, Digest digest, CancellationToken ct) =>
        client.OpenBlobAsync(Named(repository), digest, ct: ct);

    ImageReference Named(string repository) => ImageReference.Parse($"{domain}/{repository}");
}
