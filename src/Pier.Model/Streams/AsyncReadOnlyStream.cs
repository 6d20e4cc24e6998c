namespace Pier.Model.Streams;

/// <summary>A stream whose bytes come from elsewhere. A thread that reads it (the store has some of its own) waits for them.</summary>
public abstract class AsyncReadOnlyStream : ForwardStream
{
    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    public sealed override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public sealed override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public sealed override bool CanRead => true;
    public sealed override bool CanWrite => false;

    public sealed override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
