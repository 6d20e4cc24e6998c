using System.Net;

namespace Pier.Distribution.Push;

/// <summary>
/// A part of a blob as a request's body: streamed, of known length, and given up when the registry takes nothing for a time.
/// </summary>
sealed class BlobPart(Func<Stream> open, long offset, long count, Action<long> progress, TimeSpan stallLimit, Action sentAll) : HttpContent
{
    const int BufferSize = 128 << 10;

    protected override bool TryComputeLength(out long length)
    {
        length = count;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await using var source = open();
        source.Seek(offset, SeekOrigin.Begin);
        var buffer = new byte[BufferSize];
        for (var sent = 0L; sent < count; )
        {
            var read = await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, count - sent)), cancellationToken);
            if (read == 0)
                throw new Model.HostFailureException("content is shorter than its descriptor says");
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(stallLimit);
            try
            {
                await stream.WriteAsync(buffer.AsMemory(0, read), limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"the registry took nothing for {stallLimit.TotalSeconds} s");
            }
            sent += read;
            progress(offset + sent);
        }
        sentAll();
    }
}
