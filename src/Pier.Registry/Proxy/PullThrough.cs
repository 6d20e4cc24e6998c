using System.Collections.Concurrent;
using System.IO.Pipelines;
using Pier.Model;
using Pier.Model.Distribution;
using Pier.Registry.Content;
using Pier.Registry.Http;

namespace Pier.Registry.Proxy;

/// <summary>
/// Fetches from another registry what is asked for and not here, verified and whole before anybody sees it. Clients that want the same
/// share one fetch. While the upstream cannot be reached, what is here is still served.
/// </summary>
sealed class PullThrough(IUpstream upstream, RegistryHouse house, TimeProvider time)
{
    readonly KeyedGate _gates = new();
    readonly ConcurrentDictionary<string, long> _fresh = [];

    /// <summary>Brings a tag up to date.</summary>
    public async Task TagAsync(string repository, string tag, CancellationToken ct)
    {
        var key = $"{repository}:{tag}";
        using var held = await _gates.EnterAsync(key, ct);
        if (_fresh.TryGetValue(key, out var asked) && time.GetElapsedTime(asked) < house.Options.UpstreamTagLifetime)
            return;
        try
        {
            if (await upstream.ResolveAsync(repository, tag, ct) is not { } digest)
                return;
            if (await house.Manifests.TagAsync(repository, tag, ct) != digest)
                await StoreAsync(repository, digest, tag, ct);
            _fresh[key] = time.GetTimestamp();
        }
        catch (EngineException e)
        {
            house.Options.Log?.Invoke($"upstream {key}: {e.Message}");
            if (await house.Manifests.TagAsync(repository, tag, ct) is null)
                throw Failed(e);
        }
    }

    /// <summary>Fetches a manifest that is not here.</summary>
    public async Task ManifestAsync(string repository, Digest digest, CancellationToken ct)
    {
        using var held = await _gates.EnterAsync($"{repository}@{digest}", ct);
        if (await house.Manifests.HasAsync(repository, digest, ct))
            return;
        try
        {
            await StoreAsync(repository, digest, null, ct);
        }
        catch (EngineException e)
        {
            throw Failed(e);
        }
    }

    /// <summary>Fetches a blob that is not here.</summary>
    public async Task BlobAsync(string repository, Digest digest, CancellationToken ct)
    {
        using var held = await _gates.EnterAsync($"{repository}@{digest}", ct);
        if (await house.Blobs.SizeAsync(repository, digest, ct) is not null)
            return;
        try
        {
            await using var content = await upstream.BlobAsync(repository, digest, ct);
            if (content is null)
                return;
            using var lease =
                await house.Spool.TakeAsync(repository, house.Spool.Begin(repository), ct)
                ?? throw new InvalidOperationException("a new upload is gone");
            lease.Finish();
            await lease.Session.AppendAsync(PipeReader.Create(content), ct);
            if (!lease.Session.Is(digest))
                throw new UnavailableException($"the upstream's blob is not {digest}");
            await house.Blobs.AdoptAsync(repository, digest, lease.Session.File, lease.Session.Path, ct);
            house.Metrics.FetchedUpstream();
        }
        catch (Exception e) when (e is EngineException or IOException)
        {
            throw Failed(e);
        }
    }

    async Task StoreAsync(string repository, Digest digest, string? tag, CancellationToken ct)
    {
        if (await upstream.ManifestAsync(repository, digest, ct) is not { } fetched)
            return;
        if (fetched.Bytes.Length > ImageDocument.MaxSize || !ManifestCheck.IsDigestOf(fetched.Bytes, digest))
            throw new UnavailableException($"the upstream's manifest is not {digest}");
        var references = ManifestCheck.Read(fetched.Bytes, fetched.MediaType);
        var manifest = new StoredManifest(digest, fetched.MediaType, fetched.Bytes);
        await house.Manifests.PutAsync(repository, manifest, tag, references.Subject, references.Listing(manifest), ct);
        house.Metrics.FetchedUpstream();
    }

    static RegistryException Failed(Exception e) => new(502, RegistryErrorCode.Unknown, $"upstream registry: {e.Message}");
}
