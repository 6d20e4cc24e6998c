using System.Runtime.InteropServices;

namespace Pier.Linux.Compression;

sealed unsafe class XzStream(Stream compressed) : DecodingStream(compressed)
{
    // lzma/base.h and lzma/container.h.
    const int Ok = 0,
        StreamEnd = 1,
        MemoryError = 5,
        MemoryLimitError = 6,
        BufferError = 10,
        Run = 0,
        Finish = 3;
    const uint Concatenated = 0x08;
    const ulong MemoryLimit = 256 << 20;

    // Not on the managed heap: the library keeps pointers into it between calls.
    LzmaStream* _stream;

    private protected override bool Step(ReadOnlySpan<byte> input, Span<byte> output, bool isLast, out int taken, out int given)
    {
        if (_stream is null)
            Open();
        fixed (byte* from = input)
        fixed (byte* to = output)
        {
            _stream->NextIn = from;
            _stream->AvailableIn = (nuint)input.Length;
            _stream->NextOut = to;
            _stream->AvailableOut = (nuint)output.Length;
            var code = CompressionCalls.lzma_code(_stream, isLast ? Finish : Run);
            (taken, given) = (input.Length - (int)_stream->AvailableIn, output.Length - (int)_stream->AvailableOut);
            if (code is not (Ok or StreamEnd or BufferError))
                throw Failure(code);
            return code == StreamEnd;
        }
    }

    void Open()
    {
        var stream = (LzmaStream*)NativeMemory.AllocZeroed((nuint)sizeof(LzmaStream));
        int code;
        try
        {
            code = CompressionCalls.lzma_stream_decoder(stream, MemoryLimit, Concatenated);
        }
        catch
        {
            NativeMemory.Free(stream);
            throw;
        }
        _stream = stream;
        if (code != Ok)
            throw Failure(code);
    }

    static Exception Failure(int code) =>
        code switch
        {
            MemoryError => new OutOfMemoryException(),
            MemoryLimitError => new InvalidDataException($"xz: it needs more than {MemoryLimit >> 20} MiB of memory to decode"),
            _ => new InvalidDataException("xz: invalid data"),
        };

    protected override void Dispose(bool disposing)
    {
        if (_stream is not null)
        {
            CompressionCalls.lzma_end(_stream);
            NativeMemory.Free(_stream);
        }
        _stream = null;
        base.Dispose(disposing);
    }
}
