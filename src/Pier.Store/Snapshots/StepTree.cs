using Microsoft.Win32.SafeHandles;
using Pier.Model;

namespace Pier.Store.Snapshots;

/// <summary>A place in a tree that something will be mounted at: made where it is missing.</summary>
public sealed record MountPlace(string Path, bool IsDirectory);

/// <summary>A writable tree over a stack of layers, which becomes a layer of its own or goes away. A crash leaves nothing of it.</summary>
public sealed class StepTree : IDisposable
{
    readonly SnapshotStore _store;

    internal StepTree(SnapshotStore store, string directory, IReadOnlyList<string> stack, Digest? parent) =>
        (_store, Directory, Stack, Parent) = (store, directory, stack, parent);

    internal string Directory { get; }
    internal IReadOnlyList<string> Stack { get; }

    /// <summary>The stack that it stands on.</summary>
    public Digest? Parent { get; }

    /// <summary>The tree as a detached mount; its owners as a user namespace maps them, where one is given.</summary>
    public SafeFileHandle Mount(SafeFileHandle? idMap = null) => _store.Mount(this, idMap);

    /// <summary>Takes away what did not become a layer. Mounts of it may live on, and see nothing new.</summary>
    public void Dispose() => _store.Discard(this);
}
