using System.Buffers;

namespace Pier.Api.Http;

/// <summary>
/// An answer while it is made, in rented pieces. One growing array would be a large object again and again: each makes the garbage
/// collector look at the whole heap, which took half the time of a long list.
/// </summary>
sealed class AnswerBuffer : IBufferWriter<byte>, IDisposable
{
    /// <summary>Below the size of a large object (85,000 bytes).</summary>
    const int Piece = 1 << 16;

    const int First = 1 << 12;

    readonly List<(byte[] Bytes, int Length)> _full = [];
    byte[] _last = ArrayPool<byte>.Shared.Rent(First);
    int _used;

    /// <summary>Bytes in all.</summary>
    public long Length { get; private set; }

    public void Advance(int count) => (_used, Length) = (_used + count, Length + count);

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _last.AsMemory(_used);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _last.AsSpan(_used);
    }

    /// <summary>Hands all of it on, piece by piece.</summary>
    public async Task CopyToAsync(System.IO.Pipelines.PipeWriter target)
    {
        foreach (var (bytes, length) in _full)
            await target.WriteAsync(bytes.AsMemory(0, length));
        await target.WriteAsync(_last.AsMemory(0, _used));
    }

    public void Dispose()
    {
        foreach (var (bytes, _) in _full)
            ArrayPool<byte>.Shared.Return(bytes);
        _full.Clear();
        ArrayPool<byte>.Shared.Return(_last);
        (_last, _used) = ([], 0);
    }

    void MakeRoom(int sizeHint)
    {
        if (_last.Length - _used >= Math.Max(sizeHint, 1))
            return;
        _full.Add((_last, _used));
        (_last, _used) = (ArrayPool<byte>.Shared.Rent(Math.Max(sizeHint, Piece)), 0);
    }
}
