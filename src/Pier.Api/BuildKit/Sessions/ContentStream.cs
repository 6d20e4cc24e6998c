using Pier.Api.Grpc;
using Pier.Contracts.BuildKit.Contents;
using Pier.Contracts.Grpc;
using Pier.Model;
using Pier.Model.Streams;

namespace Pier.Api.BuildKit.Sessions;

/// <summary>A blob as the client sends it, never longer than it should be.</summary>
sealed class ContentStream(GrpcStreams call, long length) : AsyncReadOnlyStream
{
    ReadOnlyMemory<byte> _rest;
    long _left = length;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_rest.IsEmpty)
        {
            if (_left == 0)
                return 0;
            if (await NextAsync(cancellationToken) is not { } part)
                throw new UnavailableException($"the client ended a blob {_left} bytes early");
            _rest = part.Data.Memory;
            if ((_left -= _rest.Length) < 0)
                throw new InvalidParameterException("the client sent a blob that is longer than it should be");
        }
        var count = Math.Min(_rest.Length, buffer.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    public override async ValueTask DisposeAsync()
    {
        await call.DisposeAsync();
        await base.DisposeAsync();
    }

    async Task<ReadContentResponse?> NextAsync(CancellationToken ct)
    {
        try
        {
            return await call.ReadAsync(ReadContentResponse.Parser).AsTask().WaitAsync(ct);
        }
        catch (GrpcException e)
        {
            throw e.Code is GrpcCode.NotFound ? new NotFoundException(e.Message, e) : new UnavailableException(e.Message, e);
        }
    }
}
