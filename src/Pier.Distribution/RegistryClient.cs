using System.Net;
using Pier.Distribution.Credentials;
using Pier.Distribution.Hosts;
using Pier.Distribution.Pull;
using Pier.Distribution.Push;
using Pier.Distribution.Transport;
using Pier.Model;

namespace Pier.Distribution;

/// <summary>
/// A client of registries (OCI distribution 1.1, Docker schema 2). Connections and what was learned of hosts are kept between calls;
/// credentials and tokens are not. Errors are EngineExceptions in Docker's words. Thread-safe.
/// </summary>
public sealed partial class RegistryClient : IDisposable
{
    readonly RegistryClientOptions _options;
    readonly HostDirectory _directory;
    readonly HostConnections _connections;

    // Of all pulls together, as max-concurrent-downloads is a daemon's.
    readonly SemaphoreSlim _downloads;

    public RegistryClient(RegistryClientOptions? options = null)
    {
        _options = options ?? new RegistryClientOptions();
        _directory = new HostDirectory(_options);
        _connections = new HostConnections(_options);
        _downloads = new SemaphoreSlim(Math.Max(1, _options.MaxConcurrentDownloads));
    }

    /// <summary>
    /// Pulls an image of one platform (null: the host's) into a target. Mirrors are asked first and passed over when they fail. Throws
    /// <see cref="NotFoundException"/>, <see cref="UnavailableException"/>, <see cref="InvalidParameterException"/> for content that is not
    /// what it is called, <see cref="UnsupportedException"/> for schema 1.
    /// </summary>
    public Task<PulledImage> PullAsync(
        ImageReference reference,
        IPullTarget target,
        Platform? platform = null,
        ICredentialSource? credentials = null,
        Action<TransferProgress>? progress = null,
        CancellationToken ct = default
    )
    {
        var named = reference.WithDefaultTag();
        return FromAnyAsync(
            named,
            credentials,
            session => new ImagePull(session, named, target, _options, _downloads, progress ?? (_ => { })).RunAsync(platform, ct),
            ct
        );
    }

    /// <summary>What a name points to now; null when the registry has no such manifest.</summary>
    public Task<FetchedManifest?> ManifestAsync(
        ImageReference reference,
        ICredentialSource? credentials = null,
        CancellationToken ct = default
    )
    {
        var named = reference.WithDefaultTag();
        return FromAnyAsync(
            named,
            credentials,
            session => FetchedManifest.GetAsync(session, named.Path, named.Digest?.ToString() ?? named.Tag!, ct),
            ct
        );
    }

    /// <summary>
    /// A blob of unknown size as a stream; it resumes by itself, and the reader checks the digest. Null when the registry has it not.
    /// </summary>
    public async Task<Stream?> OpenBlobAsync(
        ImageReference repository,
        Digest digest,
        ICredentialSource? credentials = null,
        CancellationToken ct = default
    )
    {
        var host = _directory.ForPull(repository.Domain)[^1];
        return await Translation.CrossAsync(
            host,
            repository.FamiliarName,
            async () =>
            {
                var session = await SessionAsync(host, credentials, ct);
                using var head = await session.SendAsync(
                    $"v2/{repository.Path}/blobs/{digest}",
                    RegistrySession.PullScope(repository.Path),
                    address => new HttpRequestMessage(HttpMethod.Head, address),
                    ct
                );
                if (head.StatusCode == HttpStatusCode.NotFound)
                    return null;
                if (head.StatusCode != HttpStatusCode.OK)
                    throw await RegistryFailure.OfAsync(head, ct);
                var size =
                    head.Content.Headers.ContentLength ?? throw new UnavailableException($"{host} does not say how large blob {digest} is");
                var blob = new Descriptor
                {
                    MediaType = "application/octet-stream",
                    Digest = digest,
                    Size = size,
                };
                return (Stream)new BlobStream(session, repository.Path, blob, _options.StallLimit, null, ct);
            },
            ct
        );
    }

    /// <summary>A small blob (at most <see cref="ImageDocument.MaxSize"/> bytes), whole and verified.</summary>
    public async Task<byte[]> DocumentAsync(
        ImageReference repository,
        Descriptor blob,
        ICredentialSource? credentials = null,
        CancellationToken ct = default
    )
    {
        if (blob.Size > ImageDocument.MaxSize)
            throw new InvalidParameterException($"blob {blob.Digest} is larger than {ImageDocument.MaxSize} bytes");
        return await FromAnyAsync(
            repository,
            credentials,
            async session =>
            {
                var bytes = new byte[blob.Size];
                await using (var stream = new BlobStream(session, repository.Path, blob, _options.StallLimit, null, ct))
                    await stream.ReadExactlyAsync(bytes, ct);
                return Digest.Of(bytes) == blob.Digest
                    ? bytes
                    : throw new InvalidParameterException($"content digest is {Digest.Of(bytes)}, expected {blob.Digest}");
            },
            ct
        );
    }

    /// <summary>
    /// Pulls layers of a repository into a target that has begun with this manifest. Throws as <see cref="PullAsync"/>.
    /// </summary>
    public Task LayersAsync(
        ImageReference repository,
        ImageManifest manifest,
        IPullTarget target,
        ICredentialSource? credentials = null,
        CancellationToken ct = default
    ) =>
        FromAnyAsync(
            repository,
            credentials,
            async session =>
            {
                await new ImagePull(session, repository, target, _options, _downloads, _ => { }).LayersAsync(manifest, ct);
                return true;
            },
            ct
        );

    /// <summary>
    /// Pushes a manifest or index with everything that it refers to, under the reference's tag or by digest. An insecure registry is
    /// reached without checking certificates or without TLS, whatever the options say of it.
    /// </summary>
    public async Task PushAsync(
        ImageReference reference,
        Descriptor target,
        IPushSource source,
        ICredentialSource? credentials = null,
        Action<TransferProgress>? progress = null,
        CancellationToken ct = default,
        bool insecure = false
    )
    {
        var host = _directory.ForPush(reference.Domain);
        host = insecure ? host with { Insecure = true } : host;
        await Translation.CrossAsync(
            host,
            reference.FamiliarName,
            async () =>
            {
                await new ImagePush(
                    await SessionAsync(host, credentials, ct),
                    reference,
                    source,
                    _options,
                    progress ?? (_ => { })
                ).RunAsync(target, ct);
                return true;
            },
            ct
        );
    }

    async Task<T> FromAnyAsync<T>(
        ImageReference reference,
        ICredentialSource? credentials,
        Func<RegistrySession, Task<T>> call,
        CancellationToken ct
    )
    {
        var hosts = _directory.ForPull(reference.Domain);
        foreach (var mirror in hosts.Take(hosts.Count - 1))
        {
            try
            {
                return await Translation.CrossAsync(
                    mirror,
                    reference.FamiliarName,
                    async () => await call(await SessionAsync(mirror, credentials, ct)),
                    ct
                );
            }
            catch (EngineException)
            {
                // Whatever is wrong with a mirror, the registry itself has the last word.
            }
        }
        return await Translation.CrossAsync(
            hosts[^1],
            reference.FamiliarName,
            async () => await call(await SessionAsync(hosts[^1], credentials, ct)),
            ct
        );
    }

    async ValueTask<RegistrySession> SessionAsync(RegistryHost host, ICredentialSource? credentials, CancellationToken ct)
    {
        var source = credentials ?? _options.Credentials;
        var found = source is null ? null : await source.FindAsync(host.Name, ct);
        return new RegistrySession(_connections.Of(host), found, _options);
    }

    public void Dispose()
    {
        _connections.Dispose();
        _downloads.Dispose();
    }
}
