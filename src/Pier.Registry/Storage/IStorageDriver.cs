using System.IO.Pipelines;
using Microsoft.Win32.SafeHandles;

namespace Pier.Registry.Storage;

/// <summary>
/// Where a registry keeps its objects. Keys are relative paths that <see cref="RegistryLayout"/> built. An object appears whole and
/// durable, or not at all: no reader ever sees half of one, whenever the process is killed.
/// </summary>
interface IStorageDriver : IDisposable
{
    /// <summary>A small object's bytes, or null.</summary>
    ValueTask<byte[]?> ReadAsync(string key, CancellationToken ct);

    /// <summary>Makes or replaces a small object.</summary>
    ValueTask WriteAsync(string key, ReadOnlyMemory<byte> bytes, CancellationToken ct);

    /// <summary>Makes an object of a finished local file, which may be gone afterwards.</summary>
    ValueTask AdoptAsync(SafeFileHandle file, string path, string key, CancellationToken ct);

    /// <summary>Size and age, or null.</summary>
    ValueTask<StoredObject?> StatAsync(string key, CancellationToken ct);

    /// <summary>
    /// Writes <paramref name="count"/> bytes from <paramref name="offset"/> on, never holding more than a buffer of them.
    /// </summary>
    ValueTask SendAsync(string key, long offset, long count, PipeWriter output, CancellationToken ct);

    /// <summary>Names directly under a directory, in no order; names of directories end in a slash. Empty when there is none.</summary>
    ValueTask<IReadOnlyList<string>> ChildrenAsync(string directory, CancellationToken ct);

    /// <summary>Removes an object; false when there is none.</summary>
    ValueTask<bool> DeleteAsync(string key, CancellationToken ct);
}

/// <summary>Bytes of an object, and when it was written.</summary>
readonly record struct StoredObject(long Size, DateTimeOffset Written);
