using Pier.Store.Trees;

namespace Pier.Engine.Containers;

/// <summary>A tar of a container's files that is about to be written; what can be known to fail has failed before.</summary>
public sealed class FileArchive : IDisposable
{
    readonly RootTree _tree;
    readonly IDisposable? _root;
    readonly Action<RootTree, Stream, CancellationToken> _write;

    internal FileArchive(
        RootTree tree,
        Action<RootTree, Stream, CancellationToken> write,
        PathStatView? stat = null,
        IDisposable? root = null
    )
    {
        _tree = tree;
        _write = write;
        _root = root;
        Stat = stat;
    }

    /// <summary>What stands at the archive's path; null for an export.</summary>
    public PathStatView? Stat { get; }

    /// <summary>Writes it, on a thread of its own: the store works synchronously.</summary>
    public Task WriteAsync(Stream output, CancellationToken ct) => Task.Run(() => _write(_tree, output, ct), ct);

    public void Dispose()
    {
        _tree.Dispose();
        _root?.Dispose();
    }
}
