using System.Buffers.Binary;

namespace Pier.Contracts.Http2;

public sealed partial class Http2Connection
{
    /// <summary>A header block in frames; what is longer is no header.</summary>
    const int MaxHeaderBlock = 256 << 10;

    async Task ReadAsync()
    {
        if (_serve is not null)
            await ReadPrefaceAsync().ConfigureAwait(false);
        var header = new byte[FrameHeader.Size];
        while (
            await _transport.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, _closing.Token).ConfigureAwait(false)
            == header.Length
        )
        {
            var frame = FrameHeader.Read(header);
            var payload = await PayloadAsync(frame).ConfigureAwait(false);
            if (frame.Type == FrameType.Headers)
                await TakeHeadersAsync(frame, payload).ConfigureAwait(false);
            else
                Take(frame, payload);
        }
    }

    async Task ReadPrefaceAsync()
    {
        var preface = new byte[24];
        var count = await _transport
            .ReadAtLeastAsync(preface, preface.Length, throwOnEndOfStream: false, _closing.Token)
            .ConfigureAwait(false);
        if (!preface.AsSpan(0, count).SequenceEqual(Preface))
            throw new Http2Exception(Http2Error.Protocol, "no HTTP/2 preface");
    }

    async Task<byte[]> PayloadAsync(FrameHeader frame)
    {
        if (frame.Length > FrameLimit)
            throw new Http2Exception(Http2Error.FrameSize, "frame too large");
        var payload = new byte[frame.Length];
        await _transport.ReadExactlyAsync(payload, _closing.Token).ConfigureAwait(false);
        return payload;
    }

    void Take(FrameHeader frame, byte[] payload)
    {
        switch (frame.Type)
        {
            case FrameType.Data:
                TakeData(frame, payload);
                break;
            case FrameType.ResetStream when payload.Length == 4:
                if (Find(frame.Stream) is not { } reset)
                    break;
                Forget(reset);
                reset.Fail(new IOException($"the peer gave the stream up ({(Http2Error)BinaryPrimitives.ReadUInt32BigEndian(payload)})"));
                break;
            case FrameType.Settings when payload.Length % 6 == 0:
                TakeSettings(frame, payload);
                break;
            case FrameType.Ping when payload.Length == 8:
                if ((frame.Flags & FrameFlags.Ack) == 0)
                    Answer(FrameHeader.Frame(FrameType.Ping, FrameFlags.Ack, 0, payload));
                break;
            case FrameType.GoAway when payload.Length >= 8:
                TakeGoAway(BinaryPrimitives.ReadInt32BigEndian(payload) & int.MaxValue);
                break;
            case FrameType.WindowUpdate when payload.Length == 4:
                TakeWindow(frame.Stream, BinaryPrimitives.ReadInt32BigEndian(payload) & int.MaxValue);
                break;
            case FrameType.PushPromise
            or FrameType.Continuation
            or FrameType.ResetStream
            or FrameType.Settings
            or FrameType.Ping
            or FrameType.GoAway
            or FrameType.WindowUpdate:
                throw new Http2Exception(Http2Error.Protocol, $"unexpected frame {frame.Type}");
            default:
                // RFC 9113 section 4.1: frames of unknown types are discarded; priorities are advice.
                break;
        }
    }

    void TakeData(FrameHeader frame, byte[] payload)
    {
        Credit(payload.Length);
        var bytes = Unpadded(frame, payload);
        if (Find(frame.Stream) is not { } stream)
        {
            // Of a stream that this side has given up.
            if (frame.Stream == 0 || frame.Stream > _lastStream)
                throw new Http2Exception(Http2Error.Protocol, "data of no stream");
            return;
        }
        stream.Receive(bytes);
        if ((frame.Flags & FrameFlags.EndStream) != 0)
            EndInput(stream);
    }

    // The connection's window is only a bound on what is under way: streams have their own, and are few.
    void Credit(int count)
    {
        _received += count;
        if (_received < ConnectionWindow / 4)
            return;
        var window = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(window, _received);
        _received = 0;
        Answer(FrameHeader.Frame(FrameType.WindowUpdate, 0, 0, window));
    }

    static ReadOnlyMemory<byte> Unpadded(FrameHeader frame, ReadOnlyMemory<byte> payload)
    {
        if ((frame.Flags & FrameFlags.Padded) == 0)
            return payload;
        if (payload.IsEmpty || payload.Span[0] >= payload.Length)
            throw new Http2Exception(Http2Error.Protocol, "more padding than payload");
        return payload[1..^payload.Span[0]];
    }

    async Task TakeHeadersAsync(FrameHeader frame, byte[] payload)
    {
        var part = Unpadded(frame, payload);
        if ((frame.Flags & FrameFlags.Priority) != 0)
            part = part.Length >= 5 ? part[5..] : throw new Http2Exception(Http2Error.FrameSize, "torn priority");
        var block = part.ToArray();
        for (var last = frame; (last.Flags & FrameFlags.EndHeaders) == 0; )
        {
            var header = new byte[FrameHeader.Size];
            await _transport.ReadExactlyAsync(header, _closing.Token).ConfigureAwait(false);
            last = FrameHeader.Read(header);
            if (last.Type != FrameType.Continuation || last.Stream != frame.Stream)
                throw new Http2Exception(Http2Error.Protocol, "a header block was interrupted");
            block = [.. block, .. await PayloadAsync(last).ConfigureAwait(false)];
            if (block.Length > MaxHeaderBlock)
                throw new Http2Exception(Http2Error.EnhanceYourCalm, "header block too large");
        }
        // Decoded whether or not somebody wants it: the blocks build on each other.
        var headers = _decoder.Decode(block);
        if (Find(frame.Stream) is { } known)
        {
            known.ReceiveHead(headers);
            if ((frame.Flags & FrameFlags.EndStream) != 0)
                EndInput(known);
            return;
        }
        if (_serve is not null)
            Begin(frame, headers);
        else if (frame.Stream == 0 || frame.Stream > _lastStream)
            throw new Http2Exception(Http2Error.Protocol, "headers of no stream");
    }

    void Begin(FrameHeader frame, List<KeyValuePair<string, string>> headers)
    {
        if (frame.Stream <= _lastStream)
            return;
        if (frame.Stream % 2 == 0)
            throw new Http2Exception(Http2Error.Protocol, "clients' streams have odd numbers");
        Http2Stream stream;
        lock (_gate)
        {
            _lastStream = frame.Stream;
            stream = new Http2Stream(this, frame.Stream, _peerStreamWindow);
            if (_streams.Count >= MaxStreams)
            {
                SendReset(stream, Http2Error.RefusedStream);
                return;
            }
            _streams.Add(stream.Id, stream);
        }
        stream.ReceiveHead(headers);
        if ((frame.Flags & FrameFlags.EndStream) != 0)
            EndInput(stream);
        _ = Task.Run(() => ServeAsync(stream));
    }

    async Task ServeAsync(Http2Stream stream)
    {
        try
        {
            await _serve!(stream).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The stream or the connection is over.
        }
        finally
        {
            stream.Reset();
            Forget(stream);
        }
    }

    void EndInput(Http2Stream stream)
    {
        stream.EndInput();
        if (stream.IsOver)
            Forget(stream);
    }

    void TakeSettings(FrameHeader frame, ReadOnlySpan<byte> payload)
    {
        if ((frame.Flags & FrameFlags.Ack) != 0)
            return;
        for (; !payload.IsEmpty; payload = payload[6..])
        {
            var value = BinaryPrimitives.ReadUInt32BigEndian(payload[2..]);
            // SETTINGS_INITIAL_WINDOW_SIZE changes the streams that are open as well (section 6.9.2); the others do not concern what is
            // sent here.
            if (BinaryPrimitives.ReadUInt16BigEndian(payload) != 4)
                continue;
            if (value > int.MaxValue)
                throw new Http2Exception(Http2Error.FlowControl, "window too large");
            lock (_gate)
            {
                foreach (var stream in _streams.Values)
                    stream.SendWindow += value - _peerStreamWindow;
                _peerStreamWindow = value;
            }
            WakeWriters();
        }
        Answer(FrameHeader.Frame(FrameType.Settings, FrameFlags.Ack, 0, []));
    }

    void TakeWindow(int id, int increment)
    {
        lock (_gate)
        {
            if (id == 0)
                _sendWindow += increment;
            else if (_streams.TryGetValue(id, out var stream))
                stream.SendWindow += increment;
            if (_sendWindow > int.MaxValue)
                throw new Http2Exception(Http2Error.FlowControl, "window too large");
        }
        WakeWriters();
    }

    void TakeGoAway(int last)
    {
        Http2Stream[] lost;
        lock (_gate)
        {
            _failure ??= new IOException("the peer closes the connection");
            lost = _serve is null ? [.. _streams.Values.Where(s => s.Id > last)] : [];
            foreach (var stream in lost)
                _streams.Remove(stream.Id);
        }
        foreach (var stream in lost)
            stream.Fail(new IOException("the peer closes the connection"));
    }
}
