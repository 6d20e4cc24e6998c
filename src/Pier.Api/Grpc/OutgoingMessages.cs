using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Pier.Contracts.Grpc;

namespace Pier.Api.Grpc;

/// <summary>A request's body that stays open while its messages are written: HttpClient asks once for the whole, and waits.</summary>
sealed class OutgoingMessages : HttpContent
{
    readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly ArrayBufferWriter<byte> _buffer = new();

    public OutgoingMessages() => Headers.ContentType = new MediaTypeHeaderValue("application/grpc");

    public async ValueTask WriteAsync(IMessage message, CancellationToken ct)
    {
        var stream = await _stream.Task.WaitAsync(ct);
        _buffer.ResetWrittenCount();
        GrpcFrame.Write(_buffer, message);
        await stream.WriteAsync(_buffer.WrittenMemory, ct);
        await stream.FlushAsync(ct);
    }

    public void Complete() => _complete.TrySetResult();

    /// <summary>The call is over: a writer must not wait for a body that nobody asks for any more.</summary>
    public void Fail(Exception reason)
    {
        _stream.TrySetException(reason);
        // Nobody may be writing: that is no unobserved error.
        _ = _stream.Task.Exception;
        _complete.TrySetResult();
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        // The headers go out with the first flush; the server may have to see them before it answers anything.
        await stream.FlushAsync();
        _stream.TrySetResult(stream);
        await _complete.Task;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
