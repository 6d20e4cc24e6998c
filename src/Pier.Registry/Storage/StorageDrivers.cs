#if !PIER_S3
using Pier.Model;
#endif

namespace Pier.Registry.Storage;

/// <summary>Chooses where objects are kept.</summary>
static class StorageDrivers
{
#if PIER_S3
    public static IStorageDriver Of(RegistryOptions options) =>
        options.S3 is { } s3 ? new S3Driver(s3) : new FilesystemDriver(options.Root);
#else
    public static IStorageDriver Of(RegistryOptions options) =>
        options.S3 is null ? new FilesystemDriver(options.Root) : throw new UnsupportedException("this build of pier has no S3 storage");
#endif
}
