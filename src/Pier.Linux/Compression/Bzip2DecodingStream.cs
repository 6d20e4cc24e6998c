using System.Runtime.InteropServices;

namespace Pier.Linux.Compression;

sealed unsafe class Bzip2DecodingStream(Stream compressed) : DecodingStream(compressed)
{
    // bzlib.h.
    const int Ok = 0,
        StreamEnd = 4;

    // Not on the managed heap: the library keeps a pointer back to it.
    Bzip2Stream* _stream;

    private protected override bool Step(ReadOnlySpan<byte> input, Span<byte> output, bool isLast, out int taken, out int given)
    {
        if (_stream is null)
            Open();
        fixed (byte* from = input)
        fixed (byte* to = output)
        {
            _stream->NextIn = from;
            _stream->AvailableIn = (uint)input.Length;
            _stream->NextOut = to;
            _stream->AvailableOut = (uint)output.Length;
            var code = CompressionCalls.BZ2_bzDecompress(_stream);
            (taken, given) = (input.Length - (int)_stream->AvailableIn, output.Length - (int)_stream->AvailableOut);
            if (code is not (Ok or StreamEnd))
                throw new InvalidDataException("bzip2: invalid data");
            return code == StreamEnd;
        }
    }

    private protected override void Restart() => End();

    void Open()
    {
        var stream = (Bzip2Stream*)NativeMemory.AllocZeroed((nuint)sizeof(Bzip2Stream));
        try
        {
            if (CompressionCalls.BZ2_bzDecompressInit(stream, 0, 0) != Ok)
                throw new OutOfMemoryException();
        }
        catch
        {
            NativeMemory.Free(stream);
            throw;
        }
        _stream = stream;
    }

    void End()
    {
        if (_stream is null)
            return;
        CompressionCalls.BZ2_bzDecompressEnd(_stream);
        NativeMemory.Free(_stream);
        _stream = null;
    }

    protected override void Dispose(bool disposing)
    {
        End();
        base.Dispose(disposing);
    }
}
