namespace Pier.Linux.Compression;

/// <summary>
/// The plain bytes of a compressed stream, several members one after another included. Throws InvalidDataException for what is broken,
/// EndOfStreamException where the input ends in the middle, DllNotFoundException where the library is not installed.
/// </summary>
public abstract class DecodingStream : Stream
{
    readonly Stream _compressed;
    readonly byte[] _input = new byte[128 << 10];
    int _used,
        _filled;
    bool _inputEnded,
        _ended;

    private protected DecodingStream(Stream compressed) => _compressed = compressed;

    /// <summary>zstd (RFC 8878), by libzstd; windows up to 128 MiB.</summary>
    public static DecodingStream Zstd(Stream compressed) => new ZstdStream(compressed);

    /// <summary>xz, by liblzma; at most 256 MiB of memory.</summary>
    public static DecodingStream Xz(Stream compressed) => new XzStream(compressed);

    /// <summary>bzip2, by libbz2.</summary>
    public static DecodingStream Bzip2(Stream compressed) => new Bzip2DecodingStream(compressed);

    /// <summary>Decodes a step: counts what it took and gave. True when a member (frame, stream) ended with it.</summary>
    private protected abstract bool Step(ReadOnlySpan<byte> input, Span<byte> output, bool isLast, out int taken, out int given);

    /// <summary>Another member follows.</summary>
    private protected virtual void Restart() { }

    public sealed override int Read(Span<byte> buffer)
    {
        while (!_ended && buffer.Length > 0)
        {
            Fill();
            var atEnd = Step(_input.AsSpan(_used, _filled - _used), buffer, _inputEnded, out var taken, out var given);
            _used += taken;
            if (atEnd)
                EndMember();
            else if (given == 0 && taken == 0 && _inputEnded)
                throw new EndOfStreamException();
            if (given > 0)
                return given;
        }
        return 0;
    }

    void Fill()
    {
        if (_used < _filled || _inputEnded)
            return;
        (_used, _filled) = (0, _compressed.Read(_input));
        _inputEnded = _filled == 0;
    }

    void EndMember()
    {
        Fill();
        _ended = _inputEnded && _used == _filled;
        if (!_ended)
            Restart();
    }

    public sealed override bool CanRead => true;
    public sealed override bool CanSeek => false;
    public sealed override bool CanWrite => false;
    public sealed override long Length => throw new NotSupportedException();
    public sealed override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public sealed override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public sealed override void Flush() { }

    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public sealed override void SetLength(long value) => throw new NotSupportedException();

    public sealed override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
