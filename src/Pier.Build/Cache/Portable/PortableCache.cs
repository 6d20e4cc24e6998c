using Pier.Build.Solver;
using Pier.Distribution.Pull;
using Pier.Model;
using Pier.Store;

namespace Pier.Build.Cache.Portable;

/// <summary>A cache that lies elsewhere: in a registry, with the client, in an image of this store.</summary>
/// <param name="name">As the user knows it, for messages.</param>
/// <param name="fetch">Brings the layers of a manifest into a target that has begun with it.</param>
public sealed class PortableCache(
    string name,
    CacheIndex index,
    StoreRoot store,
    BlobTransfers transfers,
    Func<ImageManifest, IPullTarget, CancellationToken, Task> fetch
)
{
    public string Name => name;

    /// <summary>What came of the step with a key, or null. Its layers need not be here.</summary>
    public CachedResult? Find(string key) => index.Find(key);

    /// <summary>
    /// Brings a tree in, verified and unpacked like a pulled image's; <paramref name="hold"/> is called when it is here, before anything
    /// may collect it. Throws the EngineException family.
    /// </summary>
    public async Task FetchAsync(BuiltTree tree, Action hold, CancellationToken ct)
    {
        using var target = new StorePullTarget(store, transfers);
        var manifest = new ImageManifest { Config = tree.Layers[^1].Blob, Layers = [.. tree.Layers.Select(l => l.Blob)] };
        var diffIds = new ImageConfig
        {
            Os = "",
            Architecture = "",
            RootFs = new RootFs { DiffIds = [.. tree.Layers.Select(l => l.DiffId)] },
        };
        await target.BeginAsync(manifest, diffIds, ct).ConfigureAwait(false);
        await fetch(manifest, target, ct).ConfigureAwait(false);
        hold();
    }
}

/// <summary>A cache that promised what it does not have, or has something else under that name: a build goes on without it.</summary>
sealed class BrokenCacheException(PortableCache cache, Exception reason) : EngineException(reason.Message, reason)
{
    public PortableCache Cache => cache;
}
