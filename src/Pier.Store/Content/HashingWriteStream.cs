using System.Security.Cryptography;
using Pier.Model;

namespace Pier.Store.Content;

/// <summary>
/// Hashes (SHA-256) what is written through it, and gathers small writes. Flush before asking for the digest; the inner stream stays open.
/// </summary>
sealed class HashingWriteStream(Stream inner) : GatheringWriteStream
{
    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The digest of all bytes that were flushed.</summary>
    internal Digest Digest => Digest.FromSha256(_hash.GetCurrentHash());

    protected override void Send(ReadOnlyMemory<byte> block)
    {
        _hash.AppendData(block.Span);
        inner.Write(block.Span);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _hash.Dispose();
        base.Dispose(disposing);
    }
}
