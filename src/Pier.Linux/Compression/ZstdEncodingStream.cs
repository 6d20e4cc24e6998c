using System.Runtime.InteropServices;

namespace Pier.Linux.Compression;

/// <summary>
/// Compresses what is written into it by libzstd (RFC 8878), with a check sum at the end. Nothing is whole before <see cref="Finish"/>; the
/// stream below stays open. The same bytes at the same level give the same frame. Throws DllNotFoundException where the library is not
/// installed.
/// </summary>
public sealed unsafe class ZstdEncodingStream : Stream
{
    /// <summary>ZSTD_maxCLevel, and the level that 0 and nothing stand for.</summary>
    public const int MaxLevel = 22,
        UsualLevel = 3;

    // zstd.h: ZSTD_cParameter and ZSTD_EndDirective.
    const int CompressionLevel = 100,
        WindowLog = 101,
        ChecksumFlag = 201,
        Workers = 400,
        Continue = 0,
        End = 2;

    // Levels from 20 on take windows of up to 128 MiB, and tables to match: RFC 8878 (3.1.1.1.2) recommends that every decoder take 8 MiB.
    const int FirstWideLevel = 20,
        WidestWindow = 23,
        MaxWorkers = 4;

    readonly Stream _output;
    readonly byte[] _packed = new byte[128 << 10];
    nint _context;

    /// <param name="level">1 to <see cref="MaxLevel"/>, 0 for <see cref="UsualLevel"/>.</param>
    public ZstdEncodingStream(Stream output, int level)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, MaxLevel);
        _output = output;
        _context = CompressionCalls.ZSTD_createCCtx();
        if (_context == 0)
            throw new OutOfMemoryException();
        try
        {
            Check(Set(CompressionLevel, level));
            Check(Set(ChecksumFlag, 1));
            if (level >= FirstWideLevel)
                Check(Set(WindowLog, WidestWindow));
            // A library that was built without threads refuses, and compresses all the same. How many there are does not change the bytes.
            _ = Set(Workers, Math.Min(Environment.ProcessorCount, MaxWorkers));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Whether this host has the library.</summary>
    public static bool IsAvailable
    {
        get
        {
            if (!NativeLibrary.TryLoad(CompressionCalls.Zstd, out var library))
                return false;
            NativeLibrary.Free(library);
            return true;
        }
    }

    public override void Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* from = bytes)
        {
            var input = new ZstdBuffer { Start = from, Size = (nuint)bytes.Length };
            while (input.Position < input.Size)
                Step(&input, Continue);
        }
    }

    /// <summary>Writes what is left, and the frame's end.</summary>
    public void Finish()
    {
        var input = default(ZstdBuffer);
        while (Step(&input, End) != 0) { }
    }

    // What is left to be written, of an End; a hint otherwise.
    nuint Step(ZstdBuffer* input, int how)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        fixed (byte* to = _packed)
        {
            var output = new ZstdBuffer { Start = to, Size = (nuint)_packed.Length };
            var left = CompressionCalls.ZSTD_compressStream2(_context, &output, input, how);
            Check(left);
            _output.Write(_packed, 0, (int)output.Position);
            return left;
        }
    }

    nuint Set(int parameter, int value) => CompressionCalls.ZSTD_CCtx_setParameter(_context, parameter, value);

    // What can fail is memory: the parameters are in their bounds.
    static void Check(nuint code)
    {
        if (CompressionCalls.ZSTD_isError(code) != 0)
            throw new OutOfMemoryException($"zstd: {Marshal.PtrToStringUTF8(CompressionCalls.ZSTD_getErrorName(code))}");
    }

    protected override void Dispose(bool disposing)
    {
        if (_context != 0)
            CompressionCalls.ZSTD_freeCCtx(_context);
        _context = 0;
        base.Dispose(disposing);
    }

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
