using Pier.Model;

namespace Pier.Registry.Proxy;

/// <summary>
/// The registry behind a pull-through cache, as the registry server needs it. Errors are EngineExceptions; what does not exist is null.
/// </summary>
public interface IUpstream
{
    /// <summary>The digest that a tag points to now.</summary>
    Task<Digest?> ResolveAsync(string repository, string tag, CancellationToken ct);

    /// <summary>A manifest's media type and bytes.</summary>
    Task<UpstreamManifest?> ManifestAsync(string repository, Digest digest, CancellationToken ct);

    /// <summary>A blob as a stream.</summary>
    Task<Stream?> BlobAsync(string repository, Digest digest, CancellationToken ct);
}

/// <summary>A manifest as the upstream answered it, not yet verified.</summary>
public sealed record UpstreamManifest(string MediaType, byte[] Bytes);
