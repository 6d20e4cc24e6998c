using System.Security.Cryptography;
using Pier.Linux.Files;
using Pier.Model;
using Pier.Store.Layers;

namespace Pier.Store.Content;

/// <summary>
/// A blob that is coming in. What is there can be read while the rest still comes, by a reader that trusts nothing before
/// <see cref="Complete"/> has verified the whole. Closed before that, it stays for the next transfer unless it is too small to be worth it.
/// </summary>
public sealed class PartialBlob : IDisposable
{
    const long WorthKeeping = 256 << 10;

    readonly string _path;
    readonly Descriptor _content;
    readonly ContentStore _store;
    readonly bool _isKept;
    readonly Action _closed;
    readonly FileStream _file;
    readonly IncrementalHash _hash;
    readonly Lock _gate = new();
    readonly ManualResetEventSlim _grown = new();
    long _length;
    bool _wrong, _broken;

    internal PartialBlob(string path, Descriptor content, ContentStore store, bool isKept, Action closed)
    {
        (_path, _content, _store, _isKept, _closed) = (path, content, store, isKept, closed);
        _hash = IncrementalHash.CreateHash(content.Digest.Algorithm == "sha512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256);
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, 0);
        if (_file.Length > content.Size) _file.SetLength(0);
        HashPrefix();
        Resumed = _length;
    }

    /// <summary>Bytes that an earlier transfer left.</summary>
    public long Resumed { get; }

    void HashPrefix()
    {
        var buffer = new byte[256 << 10];
        for (int read; (read = _file.Read(buffer)) > 0; _length += read) _hash.AppendData(buffer, 0, read);
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
        for (int read; (read = rest.Read(buffer)) > 0;)
        {
            ct.ThrowIfCancellationRequested();
            if (_length + read > _content.Size) throw Wrong($"content is longer than the expected {_content.Size} bytes");
            _hash.AppendData(buffer, 0, read);
            Write(buffer, read);
            Volatile.Write(ref _length, _length + read);
            _grown.Set();
        }
        if (_length < _content.Size) throw new TruncatedException();
    }

    void Write(byte[] bytes, int count)
    {
        try
        {
            Border.Cross(() => _file.Write(bytes, 0, count));
        }
        catch (HostFailureException)
        {
            // The disk is full, or worse: what is here must not make it fuller.
            _wrong = true;
            throw;
        }
    }

    /// <summary>
    /// Verifies and syncs the blob and gives it its name. Throws <see cref="InvalidParameterException"/> when it is not what its digest says;
    /// nothing is kept then.
    /// </summary>
    public void Complete() => Border.Cross(() =>
    {
        var digest = Digest.Parse($"{_content.Digest.Algorithm}:{Convert.ToHexStringLower(_hash.GetHashAndReset())}");
        if (digest != _content.Digest) throw Wrong($"content digest is {digest}, expected {_content.Digest}");
        Durability.Sync(_file.SafeFileHandle, _path);
        _store.Adopt(_path, digest);
    });

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
        lock (_gate) _broken = true;
        _grown.Set();
    }

    int ReadAt(long position, Span<byte> buffer, CancellationToken ct)
    {
        while (true)
        {
            _grown.Reset();
            var there = Volatile.Read(ref _length) - position;
            if (there > 0) return RandomAccess.Read(_file.SafeFileHandle, buffer[..(int)Math.Min(buffer.Length, there)], position);
            if (position == _content.Size) return 0;
            lock (_gate)
            {
                if (_broken) throw new TruncatedException();
            }
            _grown.Wait(ct);
        }
    }

    public void Dispose()
    {
        Break();
        if (_wrong || !_isKept || _length < WorthKeeping) File.Delete(_path);
        _file.Dispose();
        _hash.Dispose();
        _grown.Dispose();
        _closed();
    }

    sealed class Follower(PartialBlob blob, CancellationToken ct) : ReadStream
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
