using System.Buffers.Binary;

namespace Pier.Contracts.Http2;

public sealed partial class Http2Connection
{
    internal async Task SendHeadersAsync(
        Http2Stream stream,
        IEnumerable<KeyValuePair<string, string>> headers,
        bool end,
        CancellationToken ct
    )
    {
        stream.ThrowIfFailed();
        await WriteAsync(HeaderFrames(stream.Id, HpackEncoder.Encode(headers), end), ct).ConfigureAwait(false);
        if (end && stream.IsOver)
            Forget(stream);
    }

    /// <summary>Sends bytes as the peer's windows allow.</summary>
    internal async Task SendDataAsync(Http2Stream stream, ReadOnlyMemory<byte> bytes, bool end, CancellationToken ct)
    {
        do
        {
            var count = await ReserveAsync(stream, bytes.Length, ct).ConfigureAwait(false);
            var last = count == bytes.Length;
            await WriteAsync(
                    FrameHeader.Frame(FrameType.Data, last && end ? FrameFlags.EndStream : FrameFlags.None, stream.Id, bytes.Span[..count]),
                    ct
                )
                .ConfigureAwait(false);
            bytes = bytes[count..];
        } while (!bytes.IsEmpty);
        if (end && stream.IsOver)
            Forget(stream);
    }

    internal void SendReset(Http2Stream stream, Http2Error error)
    {
        Forget(stream);
        var code = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(code, (uint)error);
        Answer(FrameHeader.Frame(FrameType.ResetStream, 0, stream.Id, code));
    }

    internal void SendWindow(Http2Stream stream, int credit)
    {
        var window = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(window, credit);
        Answer(FrameHeader.Frame(FrameType.WindowUpdate, 0, stream.Id, window));
    }

    internal void WakeWriters()
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            changed = _windowChanged;
            _windowChanged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        changed.TrySetResult();
    }

    // How many bytes may go out now, at least one, taken off the windows.
    async ValueTask<int> ReserveAsync(Http2Stream stream, int wanted, CancellationToken ct)
    {
        while (true)
        {
            stream.ThrowIfFailed();
            if (wanted == 0)
                return 0;
            Task changed;
            lock (_gate)
            {
                var count = (int)Math.Min(Math.Min(wanted, FrameLimit), Math.Min(_sendWindow, stream.SendWindow));
                if (count > 0)
                {
                    _sendWindow -= count;
                    stream.SendWindow -= count;
                    return count;
                }
                changed = _windowChanged.Task;
            }
            await changed.WaitAsync(ct).ConfigureAwait(false);
        }
    }

    static byte[] HeaderFrames(int stream, byte[] block, bool end)
    {
        var first = Math.Min(block.Length, FrameLimit);
        var flags = (end ? FrameFlags.EndStream : FrameFlags.None) | (first == block.Length ? FrameFlags.EndHeaders : FrameFlags.None);
        IEnumerable<byte> frames = FrameHeader.Frame(FrameType.Headers, flags, stream, block.AsSpan(0, first));
        for (var at = first; at < block.Length; at += FrameLimit)
        {
            var part = block.AsSpan(at, Math.Min(FrameLimit, block.Length - at));
            frames = frames.Concat(
                FrameHeader.Frame(
                    FrameType.Continuation,
                    at + part.Length == block.Length ? FrameFlags.EndHeaders : FrameFlags.None,
                    stream,
                    part
                )
            );
        }
        return [.. frames];
    }

    // Whoever reads must not wait for the peer to read.
    void Answer(byte[] frame)
    {
        if (!_answers.Writer.TryWrite(frame) && !_closing.IsCancellationRequested)
            throw new Http2Exception(Http2Error.EnhanceYourCalm, "the peer asks and does not read");
    }

    async Task AnswerAsync()
    {
        await foreach (var frame in _answers.Reader.ReadAllAsync(_closing.Token).ConfigureAwait(false))
            await WriteAsync(frame, _closing.Token).ConfigureAwait(false);
    }

    async Task WriteAsync(byte[] frames, CancellationToken ct)
    {
        await _writing.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            // A frame that has begun has to be written to its end, whatever its stream's caller wants meanwhile.
            await _transport.WriteAsync(frames, _closing.Token).ConfigureAwait(false);
            await _transport.FlushAsync(_closing.Token).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    async Task SendGoAwayAsync(Http2Error error)
    {
        var payload = new byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan(4), (uint)error);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            await _writing.WaitAsync(limit.Token).ConfigureAwait(false);
            await _transport.WriteAsync(FrameHeader.Frame(FrameType.GoAway, 0, 0, payload), limit.Token).ConfigureAwait(false);
            await _transport.FlushAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // It is told if it listens.
        }
    }
}
