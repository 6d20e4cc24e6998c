using Pier.Registry.Access;
using Pier.Registry.Collection;
using Pier.Registry.Content;
using Pier.Registry.Host;
using Pier.Registry.Proxy;
using Pier.Registry.Storage;
using Pier.Registry.Uploads;

namespace Pier.Registry;

/// <summary>The parts of one registry, put together once.</summary>
sealed class RegistryHouse : IDisposable
{
    readonly IStorageDriver _driver;
    readonly FileStream _lock;

    public RegistryHouse(RegistryOptions options, TimeProvider time)
    {
        Options = options;
        // What may be wrong with the options comes before what would have to be given back.
        Access = AccessControls.Of(options, time);
        Directory.CreateDirectory(options.Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _lock = RootLock.Take(options.Root);
        _driver = StorageDrivers.Of(options);
        Guard = new BlobGuard(time);
        Blobs = new BlobStore(_driver, Guard);
        Manifests = new ManifestStore(_driver, Guard);
        Tree = new RepositoryTree(_driver);
        Spool = new UploadSpool(options.Root);
        Metrics = new RegistryMetrics(time);
        Collector = new GarbageCollector(_driver, Tree, Manifests, Guard, options, time);
        PullThrough = options.Upstream is { } upstream ? new PullThrough(upstream, this, time) : null;
    }

    public RegistryOptions Options { get; }
    public BlobGuard Guard { get; }
    public BlobStore Blobs { get; }
    public ManifestStore Manifests { get; }
    public RepositoryTree Tree { get; }
    public UploadSpool Spool { get; }
    public IAccessControl Access { get; }
    public RegistryMetrics Metrics { get; }
    public GarbageCollector Collector { get; }

    /// <summary>Null where the registry is no cache of another.</summary>
    public PullThrough? PullThrough { get; }

    /// <summary>Whether clients may change nothing.</summary>
    public bool ReadOnly => Options.ReadOnly || PullThrough is not null;

    public void Dispose()
    {
        Spool.Dispose();
        _driver.Dispose();
        _lock.Dispose();
    }
}
