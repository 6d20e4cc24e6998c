using Pier.Model;

namespace Pier.Store.Snapshots;

/// <summary>
/// A layer that is unpacked and verified, but stands on nothing yet and is seen by nobody. Disposing throws it away unless it was
/// committed.
/// </summary>
public sealed class StagedLayer : IDisposable
{
    readonly Trash _trash;

    internal StagedLayer(Trash trash, string directory) => (_trash, Directory) = (trash, directory);

    internal string Directory { get; }
    internal string Diff => Path.Combine(Directory, "diff");
    internal Digest DiffId { get; set; }

    /// <summary>Bytes of its regular files.</summary>
    internal long Size { get; set; }

    /// <summary>What a driver that stacks layers has yet to take from the layers below.</summary>
    internal LayerGaps Gaps { get; set; } = LayerGaps.None;

    public void Dispose() => _trash.Throw(Directory);
}

/// <summary>What a layer's archive does not say: owner and mode of directories that it only has something in, and of "/".</summary>
sealed record LayerGaps(IReadOnlyCollection<string> Directories, bool HasBase)
{
    internal static LayerGaps None { get; } = new([], HasBase: true);
}
