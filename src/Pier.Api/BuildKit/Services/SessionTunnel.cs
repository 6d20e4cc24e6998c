using Google.Protobuf;
using Pier.Api.Doors;
using Pier.Api.Grpc;
using Pier.Contracts.BuildKit.Control;
using Pier.Model.Streams;

namespace Pier.Api.BuildKit.Services;

/// <summary>A session's byte stream within a gRPC call (Control.Session): clients that have no HTTP to upgrade send it so.</summary>
sealed class SessionTunnel(GrpcCall call) : AsyncDuplexStream
{
    readonly CancellationTokenSource _over = CancellationTokenSource.CreateLinkedTokenSource(call.Ended);
    readonly SemaphoreSlim _writing = new(1);
    ReadOnlyMemory<byte> _rest;

    /// <summary>Cancelled when the client sends no more, or is gone.</summary>
    public CancellationToken Over => _over.Token;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_rest.IsEmpty)
        {
            if (await ReadMessageAsync() is not { } message)
            {
                await _over.CancelAsync();
                return 0;
            }
            _rest = message.Data.Memory;
        }
        var count = Math.Min(_rest.Length, buffer.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await call.WriteAsync(new BytesMessage { Data = ByteString.CopyFrom(buffer.Span) });
        }
        catch (OperationCanceledException e)
        {
            throw new IOException("the session is closed", e);
        }
        finally
        {
            _writing.Release();
        }
    }

    async Task<BytesMessage?> ReadMessageAsync()
    {
        try
        {
            return await call.ReadAsync(BytesMessage.Parser);
        }
        catch (OperationCanceledException e)
        {
            throw new IOException("the session is closed", e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _over.Cancel();
        base.Dispose(disposing);
    }
}
