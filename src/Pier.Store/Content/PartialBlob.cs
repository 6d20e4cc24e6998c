using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Files;
using Pier.Model;
using Pier.Model.Streams;
using Pier.Store.Layers;

namespace Pier.Store.Content;

/// <summary>
/// A blob that is coming in. What is there can be read while the rest still comes, by a reader that trusts nothing before
/// <see cref="Complete"/> has verified the whole. Closed before that, it stays for the next transfer unless it is too small to be worth it.
/// </summary>
public sealed class PartialBlob : IDisposable
{
    const long WorthKeeping = 256 << 10;

    // As much as is written before the disk begins with it.
    const long WriteBehind = 8 << 20;

    readonly string _path;
    readonly Digest? _expected;
    readonly long _size;
    readonly ContentStore _store;
    readonly bool _isKept;
    readonly Action _closed;
    readonly FileStream _file;

    // The property of the stream seeks each time.
    readonly SafeFileHandle _handle;
    readonly IncrementalHash _hash;
    readonly Lock _gate = new();

    // The reader is faster than the network: it sleeps, and does not spin.
    readonly ManualResetEventSlim _grown = new(initialState: false, spinCount: 0);
    long _length,
        _begun;
    bool _wrong,
        _broken;

    /// <param name="expected">What the blob must be; null for one whose digest only its bytes tell.</param>
    internal PartialBlob(string path, Digest? expected, long size, ContentStore store, bool isKept, Action closed)
    {
        (_path, _expected, _size, _store, _isKept, _closed) = (path, expected, size, store, isKept, closed);
        _hash = IncrementalHash.CreateHash(expected?.Algorithm == "sha512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256);
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, 0);
        _handle = _file.SafeFileHandle;
        if (_file.Length > size)
            _file.SetLength(0);
        HashPrefix();
        Resumed = _length;
    }

    /// <summary>Bytes that an earlier transfer left.</summary>
    public long Resumed { get; }

    void HashPrefix()
    {
        var buffer = new byte[256 << 10];
        for (int read; (read = _file.Read(buffer)) > 0; _length += read)
            _hash.AppendData(buffer, 0, read);
    }

    /// <summary>
    /// Appends the rest of the blob, to its last byte. Throws <see cref="InvalidParameterException"/> for more than the size, and what the
    /// stream throws; the reader hears of that too.
    /// </summary>
    public void Fill(Stream rest, CancellationToken ct)
    {
        try
        {
            Append(rest, ct);
        }
        catch
        {
            Break();
            throw;
        }
    }

    void Append(Stream rest, CancellationToken ct)
    {
        var buffer = new byte[256 << 10];
        for (int read; (read = rest.Read(buffer)) > 0; )
        {
            ct.ThrowIfCancellationRequested();
            if (_length + read > _size)
                throw Wrong($"content is longer than the expected {_size} bytes");
            _hash.AppendData(buffer, 0, read);
            Write(buffer, read);
            Volatile.Write(ref _length, _length + read);
            _grown.Set();
        }
        if (_length < _size)
            throw new TruncatedException();
    }

    void Write(byte[] bytes, int count)
    {
        try
        {
            Border.Cross(() => _file.Write(bytes, 0, count));
            WriteBehindNow(_length + count);
        }
        catch (HostFailureException)
        {
            // The disk is full, or worse: what is here must not make it fuller.
            _wrong = true;
            throw;
        }
    }

    void WriteBehindNow(long written)
    {
        if (written - _begun < WriteBehind)
            return;
        Durability.BeginWriting(_handle, _begun, written - _begun);
        _begun = written;
    }

    /// <summary>
    /// Verifies and syncs the blob and gives it its name. Throws <see cref="InvalidParameterException"/> when it is not what its digest
    /// says; nothing is kept then.
    /// </summary>
    public void Complete() =>
        Border.Cross(() =>
        {
            var digest = Verified();
            Durability.Sync(_handle, _path);
            _store.Adopt(_path, digest);
        });

    /// <summary>The same for one of several blobs: it is durable after <see cref="ContentStore.Settle"/>.</summary>
    internal Digest CompleteLater(ContentLease lease)
    {
        var digest = Verified();
        lease.Hold(digest);
        Border.Cross(() => _store.AdoptLater(_path, digest, _size));
        _store.BeginSettling(digest);
        return digest;
    }

    Digest Verified()
    {
        var digest = Digest.Parse($"{_expected?.Algorithm ?? "sha256"}:{Convert.ToHexStringLower(_hash.GetHashAndReset())}");
        return _expected is { } expected && digest != expected ? throw Wrong($"content digest is {digest}, expected {expected}") : digest;
    }

    InvalidParameterException Wrong(string message)
    {
        _wrong = true;
        return new InvalidParameterException(message);
    }

    /// <summary>The blob from its start; reading waits for what has not come yet, and fails when it will not come.</summary>
    public Stream Follow(CancellationToken ct) => new Follower(this, ct);

    /// <summary>What is here is of no use to anybody.</summary>
    public void Discard() => _wrong = true;

    /// <summary>Nothing more will come: a reader need not wait.</summary>
    public void Break()
    {
        lock (_gate)
            _broken = true;
        _grown.Set();
    }

    int ReadAt(long position, Span<byte> buffer, CancellationToken ct)
    {
        while (true)
        {
            _grown.Reset();
            var there = Volatile.Read(ref _length) - position;
            if (there > 0)
                return RandomAccess.Read(_handle, buffer[..(int)Math.Min(buffer.Length, there)], position);
            if (position == _size)
                return 0;
            lock (_gate)
            {
                if (_broken)
                    throw new TruncatedException();
            }
            _grown.Wait(ct);
        }
    }

    public void Dispose()
    {
        Break();
        if (_wrong || !_isKept || _length < WorthKeeping)
            File.Delete(_path);
        _file.Dispose();
        _hash.Dispose();
        _grown.Dispose();
        _closed();
    }

    sealed class Follower(PartialBlob blob, CancellationToken ct) : ReadOnlyStream
    {
        long _position;

        public override int Read(Span<byte> buffer)
        {
            var read = blob.ReadAt(_position, buffer, ct);
            _position += read;
            return read;
        }
    }
}
