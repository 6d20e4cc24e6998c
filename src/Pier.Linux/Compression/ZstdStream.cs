namespace Pier.Linux.Compression;

sealed unsafe class ZstdStream(Stream compressed) : DecodingStream(compressed)
{
    nint _stream;

    private protected override bool Step(ReadOnlySpan<byte> input, Span<byte> output, bool isLast, out int taken, out int given)
    {
        if (_stream == 0 && (_stream = CompressionCalls.ZSTD_createDStream()) == 0)
            throw new OutOfMemoryException();
        fixed (byte* from = input)
        fixed (byte* to = output)
        {
            var source = new ZstdBuffer { Start = from, Size = (nuint)input.Length };
            var target = new ZstdBuffer { Start = to, Size = (nuint)output.Length };
            var code = CompressionCalls.ZSTD_decompressStream(_stream, &target, &source);
            if (CompressionCalls.ZSTD_isError(code) != 0)
                throw new InvalidDataException("zstd: invalid data");
            (taken, given) = ((int)source.Position, (int)target.Position);
            return code == 0;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (_stream != 0)
            CompressionCalls.ZSTD_freeDStream(_stream);
        _stream = 0;
        base.Dispose(disposing);
    }
}
