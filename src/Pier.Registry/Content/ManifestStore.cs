using System.Text;
using System.Text.Json;
using Pier.Model;
using Pier.Model.Distribution;
using Pier.Registry.Storage;

namespace Pier.Registry.Content;

/// <summary>A stored manifest or index: its bytes exactly as they were pushed.</summary>
sealed record StoredManifest(Digest Digest, string MediaType, byte[] Bytes);

/// <summary>Manifests, tags and referrers of every repository.</summary>
sealed class ManifestStore(IStorageDriver driver, BlobGuard guard)
{
    readonly KeyedGate _gates = new();

    /// <summary>A manifest by digest, or null.</summary>
    public async ValueTask<StoredManifest?> FindAsync(string repository, Digest digest, CancellationToken ct)
    {
        if (await driver.StatAsync(RegistryLayout.ManifestLink(repository, digest), ct) is null)
            return null;
        await guard.TouchAsync(digest);
        if (await driver.ReadAsync(RegistryLayout.ManifestLink(repository, digest), ct) is not { } mediaType)
            return null;
        return await driver.ReadAsync(RegistryLayout.Blob(digest), ct) is { } bytes
            ? new StoredManifest(digest, Encoding.UTF8.GetString(mediaType), bytes)
            : null;
    }

    /// <summary>What a tag points to, or null.</summary>
    public async ValueTask<Digest?> TagAsync(string repository, string tag, CancellationToken ct) =>
        await driver.ReadAsync(RegistryLayout.Tag(repository, tag), ct) is { } text
        && Digest.TryParse(Encoding.ASCII.GetString(text), out var digest)
            ? digest
            : null;

    public async ValueTask<bool> HasAsync(string repository, Digest digest, CancellationToken ct)
    {
        if (await driver.StatAsync(RegistryLayout.ManifestLink(repository, digest), ct) is null)
            return false;
        await guard.TouchAsync(digest);
        return await driver.StatAsync(RegistryLayout.ManifestLink(repository, digest), ct) is not null;
    }

    /// <summary>
    /// Stores a checked manifest. The order makes every crash harmless: the bytes, then the manifest, then what lists it, and the name
    /// last.
    /// </summary>
    public async ValueTask PutAsync(
        string repository,
        StoredManifest manifest,
        string? tag,
        Descriptor? subject,
        Descriptor listing,
        CancellationToken ct
    )
    {
        using var held = await _gates.EnterAsync(repository, ct);
        await guard.TouchAsync(manifest.Digest);
        await driver.WriteAsync(RegistryLayout.Blob(manifest.Digest), manifest.Bytes, ct);
        await driver.WriteAsync(RegistryLayout.ManifestLink(repository, manifest.Digest), Encoding.UTF8.GetBytes(manifest.MediaType), ct);
        if (subject is not null)
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(listing, DistributionJson.Plain.Descriptor);
            await driver.WriteAsync(RegistryLayout.Referrer(repository, subject.Digest, manifest.Digest), json, ct);
        }
        if (tag is not null)
            await driver.WriteAsync(RegistryLayout.Tag(repository, tag), Encoding.ASCII.GetBytes(manifest.Digest.ToString()), ct);
    }

    /// <summary>Takes a tag away, not the manifest; false when there is none.</summary>
    public async ValueTask<bool> UntagAsync(string repository, string tag, CancellationToken ct)
    {
        using var held = await _gates.EnterAsync(repository, ct);
        return await driver.DeleteAsync(RegistryLayout.Tag(repository, tag), ct);
    }

    /// <summary>Takes a manifest away with every tag that points to it, the names first; false when there is none.</summary>
    public async ValueTask<bool> DeleteAsync(string repository, Digest digest, CancellationToken ct)
    {
        using var held = await _gates.EnterAsync(repository, ct);
        foreach (var tag in await TagsAsync(repository, ct))
            if (await TagAsync(repository, tag, ct) == digest)
                await driver.DeleteAsync(RegistryLayout.Tag(repository, tag), ct);
        return await RemoveAsync(repository, digest, ct);
    }

    /// <summary>The collector's deletion: only what has no tag, and what nobody touched since it looked.</summary>
    public async ValueTask<bool> DeleteUnusedAsync(string repository, Digest digest, TimeSpan grace, long since, CancellationToken ct)
    {
        using var held = await _gates.EnterAsync(repository, ct);
        foreach (var tag in await TagsAsync(repository, ct))
            if (await TagAsync(repository, tag, ct) == digest)
                return false;
        var removed = false;
        return await guard.TryDeleteAsync(digest, grace, since, async () => removed = await RemoveAsync(repository, digest, ct)) && removed;
    }

    // What lists a manifest goes before it.
    async ValueTask<bool> RemoveAsync(string repository, Digest digest, CancellationToken ct)
    {
        if (await driver.ReadAsync(RegistryLayout.Blob(digest), ct) is not { } bytes)
            return await driver.DeleteAsync(RegistryLayout.ManifestLink(repository, digest), ct);
        if (ManifestCheck.SubjectOf(bytes) is { } subject)
            await driver.DeleteAsync(RegistryLayout.Referrer(repository, subject.Digest, digest), ct);
        return await driver.DeleteAsync(RegistryLayout.ManifestLink(repository, digest), ct);
    }

    /// <summary>The tags of a repository in lexical order; empty when it has none.</summary>
    public async ValueTask<IReadOnlyList<string>> TagsAsync(string repository, CancellationToken ct) =>
        [.. (await driver.ChildrenAsync(RegistryLayout.Tags(repository), ct)).Order(StringComparer.Ordinal)];

    /// <summary>Digests of every manifest of a repository.</summary>
    public async ValueTask<IReadOnlyList<Digest>> DigestsAsync(string repository, CancellationToken ct)
    {
        var found = new List<Digest>();
        foreach (var algorithm in await driver.ChildrenAsync(RegistryLayout.Manifests(repository), ct))
        foreach (var hex in await driver.ChildrenAsync($"{RegistryLayout.Manifests(repository)}/{algorithm.TrimEnd('/')}", ct))
            if (Digest.TryParse($"{algorithm.TrimEnd('/')}:{hex}", out var digest))
                found.Add(digest);
        return found;
    }

    /// <summary>Descriptors of the manifests that refer to a subject.</summary>
    public async ValueTask<IReadOnlyList<Descriptor>> ReferrersAsync(string repository, Digest subject, CancellationToken ct)
    {
        var found = new List<Descriptor>();
        var directory = RegistryLayout.Referrers(repository, subject);
        foreach (var name in (await driver.ChildrenAsync(directory, ct)).Order(StringComparer.Ordinal))
            if (await driver.ReadAsync($"{directory}/{name}", ct) is { } json)
                found.Add(JsonSerializer.Deserialize(json, DistributionJson.Plain.Descriptor)!);
        return found;
    }

    /// <summary>Whether a repository was ever pushed to.</summary>
    public async ValueTask<bool> KnowsAsync(string repository, CancellationToken ct) =>
        (await driver.ChildrenAsync(RegistryLayout.Manifests(repository), ct)).Count > 0;
}
