using Pier.Model;

namespace Pier.Engine.Containers;

/// <summary>What --storage-opt says: size, the bytes that a container's own layer may take.</summary>
static class StorageOptions
{
    /// <summary>
    /// Null for no bound. <paramref name="quotas"/>: whether the file system below the storage driver can hold a container to one.
    /// </summary>
    public static long? Size(IReadOnlyDictionary<string, string>? options, Func<bool> quotas)
    {
        if (options is not { Count: > 0 })
            return null;
        if (!quotas())
            throw new InvalidParameterException(
                "--storage-opt is not supported by this storage driver: a container's layer has no quota of its own"
            );
        foreach (var name in options.Keys)
            if (name != "size")
                throw new InvalidParameterException($"unknown option {name}");
        return ByteSizes.Binary(options["size"]) is var bytes and > 0 ? bytes : null;
    }
}
