using Google.Protobuf;
using Pier.Api.Doors;
using Pier.Api.Grpc;
using Pier.Contracts.BuildKit.Sessions;
using Pier.Contracts.Grpc;
using Pier.Model.Streams;

namespace Pier.Api.BuildKit.Sessions;

/// <summary>A call whose messages are bytes, as a stream: an agent's connection.</summary>
sealed class BytesStream(GrpcStreams streams) : AsyncDuplexStream
{
    ReadOnlyMemory<byte> _rest;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_rest.IsEmpty)
        {
            if (await Translated(() => streams.ReadAsync(BytesMessage.Parser).AsTask().WaitAsync(cancellationToken)) is not { } message)
                return 0;
            _rest = message.Data.Memory;
        }
        var count = Math.Min(_rest.Length, buffer.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await Translated(async () =>
        {
            await streams.WriteAsync(new BytesMessage { Data = ByteString.CopyFrom(buffer.Span) });
            return true;
        });

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
}
