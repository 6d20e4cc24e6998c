using Google.Protobuf;
using Pier.Api.Grpc;
using Pier.Contracts.BuildKit.Sessions;
using Pier.Contracts.Grpc;

namespace Pier.Api.BuildKit.Sessions;

/// <summary>A call whose messages are bytes, as a stream: an agent's connection.</summary>
sealed class BytesStream(GrpcStreams streams) : Stream
{
    ReadOnlyMemory<byte> _rest;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_rest.IsEmpty)
        {
            if (await Translated(() => streams.ReadAsync(BytesMessage.Parser).AsTask().WaitAsync(cancellationToken)) is not { } message) return 0;
            _rest = message.Data.Memory;
        }
        var count = Math.Min(_rest.Length, buffer.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => await Translated(async () =>
    {
        await streams.WriteAsync(new BytesMessage { Data = ByteString.CopyFrom(buffer.Span) });
        return true;
    });

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override async ValueTask DisposeAsync()
    {
        await streams.DisposeAsync();
        await base.DisposeAsync();
    }

    static async Task<T> Translated<T>(Func<Task<T>> operation)
    {
        try
        {
            return await operation();
        }
        catch (GrpcException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
