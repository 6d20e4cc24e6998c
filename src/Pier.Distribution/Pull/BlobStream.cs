using System.Net;
using System.Net.Http.Headers;
using Pier.Distribution.Transport;
using Pier.Model;
using Pier.Model.Streams;

namespace Pier.Distribution.Pull;

/// <summary>
/// A blob as one stream, whatever happens on the way: a connection that breaks or stands still is replaced by one that asks for the rest.
/// Never longer than the descriptor says, and never shorter without an error. The digest is the reader's to check.
/// </summary>
sealed class BlobStream(
    RegistrySession session,
    string repository,
    Descriptor blob,
    TimeSpan stallLimit,
    Action<long>? progress,
    CancellationToken ct
) : AsyncReadOnlyStream
{
    HttpResponseMessage? _answer;
    Stream? _body;
    long _position;
    int _failures;
    bool _foreign,
        _disposed;

    /// <summary>The first byte that is wanted.</summary>
    public long Start
    {
        init => _position = value;
    }

    /// <summary>Called once when the stream is disposed.</summary>
    public Action? Closed { get; init; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_position < blob.Size && buffer.Length > 0)
        {
            TimeSpan? wish = null;
            try
            {
                var body = _body ??= await OpenAsync();
                var read = await ReadInTimeAsync(body, buffer);
                if (read > 0)
                    return Advance(read);
                throw new IOException($"the connection ended after {_position} of {blob.Size} bytes");
            }
            catch (RegistryFailure e) when (RetryPolicy.IsTransient(e.Status) && _failures + 1 < session.Retries.MaxAttempts)
            {
                wish = e.RetryAfter;
            }
            catch (Exception e)
                when (RetryPolicy.IsTransient(e) && _failures + 1 < session.Retries.MaxAttempts && !ct.IsCancellationRequested)
            {
                // Asked again below.
            }
            Drop();
            await session.Retries.PauseAsync(++_failures, wish, ct);
        }
        return 0;
    }

    int Advance(int read)
    {
        if (read > blob.Size - _position)
            throw new InvalidParameterException($"blob {blob.Digest} is longer than the {blob.Size} bytes that it should have");
        (_position, _failures) = (_position + read, 0);
        progress?.Invoke(_position);
        return read;
    }

    async Task<int> ReadInTimeAsync(Stream body, Memory<byte> buffer)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(stallLimit);
        try
        {
            // One byte more than expected shows a body that is too long.
            var rest = blob.Size - _position;
            return await body.ReadAsync(buffer.Length > rest + 1 ? buffer[..(int)(rest + 1)] : buffer, limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"the transfer of {blob.Digest} stood still for {stallLimit.TotalSeconds} s");
        }
    }

    async Task<Stream> OpenAsync()
    {
        var start = _position;
        var answer = await RequestAsync(start);
        try
        {
            return await CheckedAsync(answer, start);
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    async Task<HttpResponseMessage> RequestAsync(long start)
    {
        if (_foreign)
            return await OpenForeignAsync(start);
        var answer = await session.SendOnceAsync(
            $"v2/{repository}/blobs/{blob.Digest}",
            RegistrySession.PullScope(repository),
            address => Request(address, start),
            ct
        );
        if (answer.StatusCode != HttpStatusCode.NotFound || blob.Urls is not { Length: > 0 })
            return answer;
        answer.Dispose();
        _foreign = true;
        return await OpenForeignAsync(start);
    }

    // A foreign layer's address is the manifest's word, not the registry's: no credentials ever go there (CVE-2020-15157).
    async Task<HttpResponseMessage> OpenForeignAsync(long start)
    {
        if (!Uri.TryCreate(blob.Urls![0], UriKind.Absolute, out var address))
            throw new InvalidParameterException($"invalid layer URL: {blob.Urls[0]}");
        session.Transport.Check(address);
        return await session.Transport.SendAsync(Request(address, start), ct);
    }

    async Task<Stream> CheckedAsync(HttpResponseMessage answer, long start)
    {
        if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.PartialContent))
            throw await RegistryFailure.OfAsync(answer, ct);
        if (answer.StatusCode == HttpStatusCode.PartialContent && answer.Content.Headers.ContentRange?.From != start)
            throw new InvalidParameterException($"the registry answered with another part of {blob.Digest} than was asked for");
        var skip = answer.StatusCode == HttpStatusCode.OK ? start : 0;
        if (answer.Content.Headers.ContentLength is { } length && length - skip != blob.Size - start)
            throw new InvalidParameterException(
                $"blob {blob.Digest} has {length - skip + start} bytes at the registry, expected {blob.Size}"
            );
        var body = await answer.Content.ReadAsStreamAsync(ct);
        await SkipAsync(body, skip);
        _answer = answer;
        return body;
    }

    // A server without ranges sends everything again.
    async Task SkipAsync(Stream body, long count)
    {
        var buffer = new byte[Math.Min(count, 64 << 10)];
        while (count > 0)
        {
            var read = await body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(count, buffer.Length)), ct);
            if (read == 0)
                throw new IOException("the connection ended early");
            count -= read;
        }
    }

    static HttpRequestMessage Request(Uri address, long start)
    {
        var request = RegistrySession.Get(address);
        if (start > 0)
            request.Headers.Range = new RangeHeaderValue(start, null);
        return request;
    }

    void Drop()
    {
        _body?.Dispose();
        _answer?.Dispose();
        (_body, _answer) = (null, null);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            Drop();
            Closed?.Invoke();
        }
        base.Dispose(disposing);
    }

    public override long Length => blob.Size;
    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }
}
