using System.IO.Pipelines;
using Microsoft.Win32.SafeHandles;
using Pier.Model;
using Pier.Registry.Storage;

namespace Pier.Registry.Content;

/// <summary>
/// Blobs: content stored once, and the links by which a repository owns it. A blob without a link in a repository does not exist there.
/// </summary>
sealed class BlobStore(IStorageDriver driver, BlobGuard guard)
{
    /// <summary>Bytes of a repository's blob, or null. What this tells stays true for the grace period of the garbage collection.</summary>
    public async ValueTask<long?> SizeAsync(string repository, Digest digest, CancellationToken ct)
    {
        // The first look keeps questions about what is not here from filling the guard's memory; only the second one counts.
        if (await driver.StatAsync(RegistryLayout.BlobLink(repository, digest), ct) is null)
            return null;
        await guard.TouchAsync(digest);
        return await driver.StatAsync(RegistryLayout.BlobLink(repository, digest), ct) is null
            ? null
            : (await driver.StatAsync(RegistryLayout.Blob(digest), ct))?.Size;
    }

    public ValueTask SendAsync(Digest digest, long offset, long count, PipeWriter output, CancellationToken ct) =>
        driver.SendAsync(RegistryLayout.Blob(digest), offset, count, output, ct);

    /// <summary>Takes a finished, verified file over and links it.</summary>
    public async ValueTask AdoptAsync(string repository, Digest digest, SafeFileHandle file, string path, CancellationToken ct)
    {
        await guard.TouchAsync(digest);
        await driver.AdoptAsync(file, path, RegistryLayout.Blob(digest), ct);
        await LinkAsync(repository, digest, ct);
    }

    /// <summary>Makes another repository's blob this one's too; false when that repository has it not.</summary>
    public async ValueTask<bool> MountAsync(string from, string to, Digest digest, CancellationToken ct)
    {
        if (await SizeAsync(from, digest, ct) is null)
            return false;
        await LinkAsync(to, digest, ct);
        return true;
    }

    /// <summary>
    /// Takes a blob from a repository; the bytes stay until the garbage collection finds that nobody has them. False when it was not there.
    /// </summary>
    public ValueTask<bool> UnlinkAsync(string repository, Digest digest, CancellationToken ct) =>
        driver.DeleteAsync(RegistryLayout.BlobLink(repository, digest), ct);

    async ValueTask LinkAsync(string repository, Digest digest, CancellationToken ct)
    {
        var link = RegistryLayout.BlobLink(repository, digest);
        if (await driver.StatAsync(link, ct) is null)
            await driver.WriteAsync(link, ReadOnlyMemory<byte>.Empty, ct);
    }
}
