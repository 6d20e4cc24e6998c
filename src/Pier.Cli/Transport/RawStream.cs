using Pier.Model.Streams;

namespace Pier.Cli.Transport;

/// <summary>
/// A connection after its upgrade, as a stream both ways. Reads block no thread: with two of them the pool of a small machine would have
/// none left.
/// </summary>
sealed class RawStream(DaemonConnection connection) : AsyncDuplexStream
{
    readonly Lock _writing = new();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        buffer.IsEmpty ? new(0) : connection.ReadRawAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_writing)
            connection.WriteRaw(buffer.Span);
        return ValueTask.CompletedTask;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            connection.Abort();
        base.Dispose(disposing);
    }
}
