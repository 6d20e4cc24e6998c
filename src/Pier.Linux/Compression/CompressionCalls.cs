using System.Runtime.InteropServices;

namespace Pier.Linux.Compression;

/// <summary>
/// The decoders of libzstd, liblzma and libbz2 and the encoder of libzstd, as zstd.h, lzma/base.h and bzlib.h declare them. The libraries
/// are loaded at the first call; where one is not installed that call throws DllNotFoundException.
/// </summary>
static unsafe partial class CompressionCalls
{
    internal const string Zstd = "libzstd.so.1",
        Lzma = "liblzma.so.5",
        Bzip2 = "libbz2.so.1.0";

    [LibraryImport(Zstd)]
    internal static partial nint ZSTD_createDStream();

    [LibraryImport(Zstd)]
    internal static partial nuint ZSTD_freeDStream(nint stream);

    /// <summary>0 at the end of a frame, an error by ZSTD_isError, or else a hint.</summary>
    [LibraryImport(Zstd)]
    internal static partial nuint ZSTD_decompressStream(nint stream, ZstdBuffer* output, ZstdBuffer* input);

    [LibraryImport(Zstd)]
    internal static partial nint ZSTD_createCCtx();

    [LibraryImport(Zstd)]
    internal static partial nuint ZSTD_freeCCtx(nint context);

    [LibraryImport(Zstd)]
    internal static partial nuint ZSTD_CCtx_setParameter(nint context, int parameter, int value);

    /// <summary>An error by ZSTD_isError, or how much there is still to flush; 0 when all of an ended frame is out.</summary>
    [LibraryImport(Zstd)]
    internal static partial nuint ZSTD_compressStream2(nint context, ZstdBuffer* output, ZstdBuffer* input, int end);

    [LibraryImport(Zstd)]
    internal static partial uint ZSTD_isError(nuint code);

    /// <summary>A string of the library's own.</summary>
    [LibraryImport(Zstd)]
    internal static partial nint ZSTD_getErrorName(nuint code);

    [LibraryImport(Lzma)]
    internal static partial int lzma_stream_decoder(LzmaStream* stream, ulong memoryLimit, uint flags);

    [LibraryImport(Lzma)]
    internal static partial int lzma_code(LzmaStream* stream, int action);

    [LibraryImport(Lzma)]
    internal static partial void lzma_end(LzmaStream* stream);

    [LibraryImport(Bzip2)]
    internal static partial int BZ2_bzDecompressInit(Bzip2Stream* stream, int verbosity, int small);

    [LibraryImport(Bzip2)]
    internal static partial int BZ2_bzDecompress(Bzip2Stream* stream);

    [LibraryImport(Bzip2)]
    internal static partial int BZ2_bzDecompressEnd(Bzip2Stream* stream);
}

/// <summary>ZSTD_inBuffer and ZSTD_outBuffer: start, size, and how far it is used.</summary>
unsafe struct ZstdBuffer
{
    internal byte* Start;
    internal nuint Size,
        Position;
}

/// <summary>lzma_stream.</summary>
unsafe struct LzmaStream
{
    internal byte* NextIn;
    internal nuint AvailableIn;
    internal ulong TotalIn;
    internal byte* NextOut;
    internal nuint AvailableOut;
    internal ulong TotalOut;
    internal nint Allocator,
        State;
    internal fixed long Reserved[9];
}

/// <summary>bz_stream.</summary>
unsafe struct Bzip2Stream
{
    internal byte* NextIn;
    internal uint AvailableIn,
        TotalInLow,
        TotalInHigh;
    internal byte* NextOut;
    internal uint AvailableOut,
        TotalOutLow,
        TotalOutHigh;
    internal nint State,
        Allocate,
        Free,
        Opaque;
}
