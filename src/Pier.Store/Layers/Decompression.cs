using System.IO.Compression;
using Pier.Linux.Compression;
using Pier.Model.Streams;

namespace Pier.Store.Layers;

/// <summary>How a layer or an archive is compressed, by its first bytes.</summary>
enum Compression
{
    None,
    Gzip,
    Bzip2,
    Xz,
    Zstd,
}

/// <summary>Opens compressed streams by what they are, not by what they are called.</summary>
static class Decompression
{
    const int MagicLength = 6;

    /// <summary>
    /// The plain bytes of a stream. Throws <see cref="Model.UnsupportedException"/> where the host lacks the library for its compression.
    /// </summary>
    internal static Stream Open(Stream stream) => Open(stream, out _);

    /// <inheritdoc cref="Open(Stream)"/>
    internal static Stream Open(Stream stream, out Compression compression)
    {
        var whole = Peek(stream, out compression);
        return compression switch
        {
            Compression.None => whole,
            Compression.Gzip => new CheckedGzipStream(whole),
            Compression.Zstd => new LibraryStream(DecodingStream.Zstd(whole), compression),
            Compression.Xz => new LibraryStream(DecodingStream.Xz(whole), compression),
            _ => new LibraryStream(DecodingStream.Bzip2(whole), compression),
        };
    }

    /// <summary>The same bytes again, and what they look like.</summary>
    internal static Stream Peek(Stream stream, out Compression compression)
    {
        var magic = new byte[MagicLength];
        var length = stream.ReadAtLeast(magic, MagicLength, throwOnEndOfStream: false);
        compression = Detect(magic.AsSpan(0, length));
        return new PrefixedStream(magic.AsMemory(0, length), stream);
    }

    internal static Compression Detect(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B, 0x08]))
            return Compression.Gzip;
        if (head.StartsWith("BZh"u8))
            return Compression.Bzip2;
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]))
            return Compression.Xz;
        return head.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]) ? Compression.Zstd : Compression.None;
    }
}

/// <summary>Gzip whose errors are I/O errors in Docker's words, and which does not end silently where the input was cut off.</summary>
sealed class CheckedGzipStream(Stream compressed) : ReadOnlyStream
{
    readonly CountingStream _input = new(compressed);
    GZipStream? _gzip;

    public override int Read(Span<byte> buffer)
    {
        _gzip ??= new GZipStream(_input, CompressionMode.Decompress);
        try
        {
            // The framework reads 8 KiB and answers what they inflate to: fewer and larger pieces for whoever hashes and writes them.
            return _gzip.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException e)
        {
            throw _input.Ended ? new TruncatedException(e) : new CorruptException("gzip: invalid data", e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _gzip?.Dispose();
        base.Dispose(disposing);
    }

    // Notices the end, and reads ahead.
    sealed class CountingStream(Stream inner) : ReadOnlyStream
    {
        readonly byte[] _ahead = new byte[128 << 10];
        int _at,
            _end;

        internal bool Ended { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            if (_at == _end)
            {
                (_at, _end) = (0, inner.Read(_ahead));
                Ended |= _end == 0;
            }
            var length = Math.Min(buffer.Length, _end - _at);
            _ahead.AsSpan(_at, length).CopyTo(buffer);
            _at += length;
            return length;
        }
    }
}

/// <summary>What a library of the host decodes, with errors as I/O errors in Docker's words.</summary>
sealed class LibraryStream(DecodingStream decoder, Compression compression) : ReadOnlyStream
{
    string Name => compression.ToString().ToLowerInvariant();

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return decoder.Read(buffer);
        }
        catch (EndOfStreamException e)
        {
            throw new TruncatedException(e);
        }
        catch (InvalidDataException e)
        {
            throw new CorruptException(e.Message, e);
        }
        catch (DllNotFoundException e)
        {
            throw new Model.UnsupportedException($"unsupported compression: this host has no library for {Name}", e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            decoder.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>Bytes that were read ahead, then the rest.</summary>
sealed class PrefixedStream(ReadOnlyMemory<byte> prefix, Stream rest) : ReadOnlyStream
{
    ReadOnlyMemory<byte> _prefix = prefix;

    public override int Read(Span<byte> buffer)
    {
        if (_prefix.IsEmpty)
            return rest.Read(buffer);
        var length = Math.Min(buffer.Length, _prefix.Length);
        _prefix.Span[..length].CopyTo(buffer);
        _prefix = _prefix[length..];
        return length;
    }
}
