using Pier.Model;
using Pier.Registry.Content;
using Pier.Registry.Storage;

namespace Pier.Registry.Collection;

/// <summary>What a collection removed: manifests without a name, links of repositories, blobs and their bytes.</summary>
public sealed record CollectionResult(int Manifests, int Links, int Blobs, long Bytes);

/// <summary>
/// Mark and sweep while clients push and pull. What was touched within the grace period stays (<see cref="BlobGuard"/>), as does what was
/// written within it, so a restarted server is as careful as one that remembers.
/// </summary>
sealed class GarbageCollector(
    IStorageDriver driver,
    RepositoryTree tree,
    ManifestStore manifests,
    BlobGuard guard,
    RegistryOptions options,
    TimeProvider time
)
{
    readonly SemaphoreSlim _one = new(1);

    public async Task<CollectionResult> CollectAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            return await RunAsync(ct);
        }
        finally
        {
            _one.Release();
        }
    }

    async Task<CollectionResult> RunAsync(CancellationToken ct)
    {
        var began = time.GetTimestamp();
        var live = new HashSet<Digest>();
        var (untagged, links) = (0, 0);
        await foreach (var repository in tree.WalkAsync(empty: true, ct))
        {
            if (options.CollectUntagged)
                untagged += await DeleteUntaggedAsync(repository, began, ct);
            var mine = new HashSet<Digest>();
            foreach (var digest in await manifests.DigestsAsync(repository, ct))
                await MarkAsync(digest, mine, ct);
            links += await SweepLinksAsync(repository, mine, began, ct);
            live.UnionWith(mine);
        }
        var (blobs, bytes) = await SweepBlobsAsync(live, began, ct);
        guard.Forget(options.CollectGrace);
        return new CollectionResult(untagged, links, blobs, bytes);
    }

    // Not through the manifest store: looking must not count as use.
    async Task MarkAsync(Digest manifest, HashSet<Digest> live, CancellationToken ct)
    {
        live.Add(manifest);
        if (await driver.ReadAsync(RegistryLayout.Blob(manifest), ct) is not { } bytes)
            return;
        live.UnionWith(ManifestCheck.Mentions(bytes));
    }

    async Task<int> SweepLinksAsync(string repository, HashSet<Digest> live, long began, CancellationToken ct)
    {
        var swept = 0;
        foreach (var (key, digest) in await DigestsUnderAsync(RegistryLayout.BlobLinks(repository), ct))
        {
            if (live.Contains(digest) || !await IsOldAsync(key, ct))
                continue;
            if (await guard.TryDeleteAsync(digest, options.CollectGrace, began, async () => await driver.DeleteAsync(key, ct)))
                swept++;
        }
        return swept;
    }

    async Task<(int Count, long Bytes)> SweepBlobsAsync(HashSet<Digest> live, long began, CancellationToken ct)
    {
        var (count, bytes) = (0, 0L);
        foreach (var algorithm in await driver.ChildrenAsync(RegistryLayout.AllBlobs, ct))
        foreach (var shelf in await driver.ChildrenAsync($"{RegistryLayout.AllBlobs}/{algorithm.TrimEnd('/')}", ct))
        foreach (
            var (key, digest) in await DigestsInAsync(
                $"{RegistryLayout.AllBlobs}/{algorithm}{shelf.TrimEnd('/')}",
                algorithm.TrimEnd('/'),
                ct
            )
        )
        {
            if (live.Contains(digest) || await driver.StatAsync(key, ct) is not { } blob || !IsOld(blob))
                continue;
            if (!await guard.TryDeleteAsync(digest, options.CollectGrace, began, async () => await driver.DeleteAsync(key, ct)))
                continue;
            (count, bytes) = (count + 1, bytes + blob.Size);
        }
        return (count, bytes);
    }

    // Kept: what has a tag, what an index that is kept lists, and what refers to something that is kept.
    async Task<int> DeleteUntaggedAsync(string repository, long began, CancellationToken ct)
    {
        var all = (await manifests.DigestsAsync(repository, ct)).ToHashSet();
        var kept = new HashSet<Digest>();
        foreach (var tag in await manifests.TagsAsync(repository, ct))
            if (await manifests.TagAsync(repository, tag, ct) is { } digest)
                await KeepAsync(repository, digest, all, kept, ct);
        var deleted = 0;
        foreach (var digest in all.Except(kept))
        {
            if (!await IsOldAsync(RegistryLayout.ManifestLink(repository, digest), ct))
                continue;
            if (await manifests.DeleteUnusedAsync(repository, digest, options.CollectGrace, began, ct))
                deleted++;
        }
        return deleted;
    }

    async Task KeepAsync(string repository, Digest digest, HashSet<Digest> all, HashSet<Digest> kept, CancellationToken ct)
    {
        if (!all.Contains(digest) || !kept.Add(digest))
            return;
        if (await driver.ReadAsync(RegistryLayout.Blob(digest), ct) is { } bytes)
            foreach (var child in ManifestCheck.Mentions(bytes))
                await KeepAsync(repository, child, all, kept, ct);
        foreach (var referrer in await manifests.ReferrersAsync(repository, digest, ct))
            await KeepAsync(repository, referrer.Digest, all, kept, ct);
    }

    async Task<List<(string Key, Digest Digest)>> DigestsUnderAsync(string directory, CancellationToken ct)
    {
        var found = new List<(string, Digest)>();
        foreach (var algorithm in await driver.ChildrenAsync(directory, ct))
            found.AddRange(await DigestsInAsync($"{directory}/{algorithm.TrimEnd('/')}", algorithm.TrimEnd('/'), ct));
        return found;
    }

    async Task<List<(string Key, Digest Digest)>> DigestsInAsync(string directory, string algorithm, CancellationToken ct)
    {
        var found = new List<(string, Digest)>();
        foreach (var hex in await driver.ChildrenAsync(directory, ct))
            if (Digest.TryParse($"{algorithm}:{hex}", out var digest))
                found.Add(($"{directory}/{hex}", digest));
        return found;
    }

    async Task<bool> IsOldAsync(string key, CancellationToken ct) => await driver.StatAsync(key, ct) is { } found && IsOld(found);

    bool IsOld(StoredObject found) => time.GetUtcNow() - found.Written >= options.CollectGrace;
}
