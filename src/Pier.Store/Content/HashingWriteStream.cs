using System.Security.Cryptography;
using Pier.Model;

namespace Pier.Store.Content;

/// <summary>Hashes (SHA-256) what is written through it, and gathers small writes. Flush before asking for the digest; the inner stream stays open.</summary>
sealed class HashingWriteStream(Stream inner) : Stream
{
    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    readonly byte[] _buffer = new byte[256 << 10];
    int _used;

    /// <summary>The digest of all bytes that were flushed.</summary>
    internal Digest Digest => Digest.FromSha256(_hash.GetCurrentHash());

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var length = Math.Min(bytes.Length, _buffer.Length - _used);
            bytes[..length].CopyTo(_buffer.AsSpan(_used));
            bytes = bytes[length..];
            if ((_used += length) == _buffer.Length) Flush();
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        _hash.AppendData(_buffer, 0, _used);
        inner.Write(_buffer, 0, _used);
        _used = 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _hash.Dispose();
        base.Dispose(disposing);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
