using System.Text.Json.Serialization.Metadata;
using Pier.Store.Content;
using Pier.Store.Images;
using Pier.Store.Records;
using Pier.Store.Snapshots;

namespace Pier.Store;

/// <summary>
/// The durable state of one data root, and the door to all of it. One process may hold a root at a time.
/// <code>
/// using var store = StoreRoot.Open("/var/lib/pier", "overlay");
/// var image = store.Images.Resolve("busybox");                    // or EnsureHelloWorld(), Import(...), Load(...)
/// store.Snapshots.Prepare(containerId, image.ChainId);            // a few mkdirs
/// using SafeFileHandle rootfs = store.Snapshots.Mount(containerId); // a detached mount: hand the fd to the launch program
/// store.Snapshots.Remove(containerId);                            // a rename; deletion goes on in the background
/// </code>
/// Errors are <see cref="Model.EngineException"/>s in Docker's words. Methods are synchronous and may be called from several threads.
/// </summary>
public sealed class StoreRoot : IDisposable
{
    public Layout Layout => throw new NotImplementedException();
    public ContentStore Content => throw new NotImplementedException();
    public ImageStore Images => throw new NotImplementedException();
    public SnapshotStore Snapshots => throw new NotImplementedException();

    /// <summary>What a user should know about how the root was opened: a driver that is served by another, records put aside as torn.</summary>
    public IReadOnlyList<string> Warnings => throw new NotImplementedException();

    /// <summary>
    /// Opens or creates a root, removes what a crash left half made. <paramref name="driver"/> is "overlay" (also "overlay2"), "vfs",
    /// or empty for the best that the root's file system can carry.
    /// Throws <see cref="Model.ConflictException"/> when another process has the root, <see cref="Model.UnsupportedException"/> for an unknown driver.
    /// </summary>
    public static StoreRoot Open(string path, string? driver = null) => throw new NotImplementedException();

    /// <summary>The durable records of one kind ("containers", "networks", "volumes"), loaded. Ask once a kind and keep the answer.</summary>
    public RecordStore<T> Records<T>(string kind, JsonTypeInfo<T> type) where T : class => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
