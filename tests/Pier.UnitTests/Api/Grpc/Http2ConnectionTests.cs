using System.Buffers.Binary;
using Pier.Contracts.Http2;

namespace Pier.UnitTests.Api.Grpc;

/// <summary>The connection against itself, and against peers that know the protocol too well.</summary>
public class Http2ConnectionTests
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    static readonly KeyValuePair<string, string>[] Request = [new(":method", "POST"), new(":path", "/x")];
    static readonly KeyValuePair<string, string>[] Answer = [new(":status", "200")];

    [Fact]
    public async Task Streams_carry_headers_bytes_and_trailers_both_ways_at_once()
    {
        var (near, far) = DuplexStream.Pair();
        await using var server = Http2Connection.Serve(
            far,
            async stream =>
            {
                var head = await stream.HeadAsync(default);
                await stream.SendHeadersAsync(Answer, end: false, default);
                await stream.CopyToAsync(stream);
                await stream.SendHeadersAsync(
                    [new("sum", head.Count(h => h.Key == "repeated").ToString(System.Globalization.CultureInfo.InvariantCulture))],
                    end: true,
                    default
                );
            }
        );
        await using var client = Http2Connection.Connect(near);
        await Task.WhenAll(
                Enumerable
                    .Range(0, 8)
                    .Select(async number =>
                    {
                        var stream = await client.OpenAsync([.. Request, new("repeated", "1"), new("repeated", "2")], default);
                        var sent = new byte[3_000_000 + number];
                        new Random(number).NextBytes(sent);
                        var sending = Task.Run(async () =>
                        {
                            await stream.WriteAsync(sent);
                            await stream.CompleteAsync(default);
                        });
                        var received = new MemoryStream();
                        await stream.CopyToAsync(received);
                        await sending;
                        Assert.Equal(sent, received.ToArray());
                        Assert.Equal([new("sum", "2")], stream.Trailers);
                    })
            )
            .WaitAsync(Limit);
    }

    [Fact]
    public async Task A_peer_that_does_not_read_stops_the_writer_and_not_the_others()
    {
        var (near, far) = DuplexStream.Pair();
        await using var server = Http2Connection.Serve(
            far,
            async stream =>
            {
                await stream.SendHeadersAsync(Answer, end: false, default);
                if ((await stream.HeadAsync(default)).Any(h => h.Key == "lazy"))
                    await Task.Delay(Timeout.Infinite, stream.Aborted);
                await stream.CopyToAsync(Stream.Null);
                await stream.CompleteAsync(default);
            }
        );
        await using var client = Http2Connection.Connect(near);
        var lazy = await client.OpenAsync([.. Request, new("lazy", "")], default);
        using var stop = new CancellationTokenSource(300);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await lazy.WriteAsync(new byte[5_000_000], stop.Token));
        var other = await client.OpenAsync(Request, default);
        await other.WriteAsync(new byte[2_000_000]).AsTask().WaitAsync(Limit);
        await other.CompleteAsync(default);
        Assert.Equal(0, await other.ReadAsync(new byte[1]).AsTask().WaitAsync(Limit));
        lazy.Reset();
    }

    // A server that has said everything gives up what the client has left to say (RFC 9113, section 8.1): that takes nothing back.
    [Fact]
    public async Task A_stream_that_was_answered_whole_ends_well_though_the_peer_gives_up_the_rest()
    {
        var (near, far) = DuplexStream.Pair();
        await using var server = Http2Connection.Serve(
            far,
            async stream =>
            {
                await stream.SendHeadersAsync(Answer, end: false, default);
                await stream.WriteAsync(new byte[100]);
                await stream.SendHeadersAsync([new("status", "0")], end: true, default);
                stream.Reset();
            }
        );
        await using var client = Http2Connection.Connect(near);
        for (var i = 0; i < 3000; i++)
        {
            var stream = await client.OpenAsync(Request, default);
            var received = new byte[100];
            if (i % 3 == 0)
                await stream.WriteAsync(received).AsTask().WaitAsync(Limit);
            await stream.ReadExactlyAsync(received).AsTask().WaitAsync(Limit);
            if (i % 2 == 0)
                Assert.Equal(0, await stream.ReadAsync(received).AsTask().WaitAsync(Limit));
            await stream.CompleteAsync(default).WaitAsync(Limit);
            Assert.Equal(0, await stream.ReadAsync(received).AsTask().WaitAsync(Limit));
            Assert.Equal([new("status", "0")], stream.Trailers);
        }
    }

    public static TheoryData<string, byte[]> Bad =>
        new()
        {
            { "a frame larger than allowed", [0x01, 0, 0, 0, 0, 0, 0, 0, 1] },
            { "data of no stream", Frame(0, 0, 0, [1, 2]) },
            { "data before headers", Frame(0, 0, 7, [1, 2]) },
            { "a push", Frame(5, 4, 1, [0, 0, 0, 2]) },
            { "an interrupted header block", [.. Frame(1, 0, 1, [0x82]), .. Frame(6, 0, 0, new byte[8])] },
            { "a continuation of nothing", Frame(9, 4, 1, [0x82]) },
            { "a broken header block", Frame(1, 4, 1, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF]) },
            {
                "a header block without end",
                [.. Frame(1, 0, 1, [0x82]), .. Enumerable.Repeat(Frame(9, 0, 1, new byte[16384]), 20).SelectMany(f => f)]
            },
            { "padding beyond the payload", [.. Frame(1, 4, 1, [0x82]), .. Frame(0, 8, 1, [9, 1])] },
            { "torn settings", Frame(4, 0, 0, new byte[5]) },
            { "a torn ping", Frame(6, 0, 0, new byte[3]) },
            { "an even stream", Frame(1, 4, 2, [0x82]) },
            { "a window beyond all bounds", [.. Frame(8, 0, 0, [0x7F, 0xFF, 0xFF, 0xFF]), .. Frame(8, 0, 0, [0x7F, 0xFF, 0xFF, 0xFF])] },
            { "a window setting beyond all bounds", Frame(4, 0, 0, [0, 4, 0xFF, 0xFF, 0xFF, 0xFF]) },
        };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_server_ends_the_connection_of_whoever_breaks_the_protocol(string name, byte[] frames)
    {
        Assert.NotEmpty(name);
        var (near, far) = DuplexStream.Pair();
        await using var server = Http2Connection.Serve(far, stream => Task.Delay(Timeout.Infinite, stream.Aborted));
        // Not waited for: a server that has had enough reads no more.
        _ = near.WriteAsync((byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(4, 0, 0, []), .. frames]);
        await server.Completion.WaitAsync(Limit);
    }

    [Fact]
    public async Task More_data_than_the_window_holds_ends_the_connection()
    {
        var (near, far) = DuplexStream.Pair();
        await using var server = Http2Connection.Serve(far, stream => Task.Delay(Timeout.Infinite, stream.Aborted));
        await near.WriteAsync((byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(4, 0, 0, []), .. Frame(1, 4, 1, [0x82])]);
        _ = near.CopyToAsync(Stream.Null);
        _ = near.WriteAsync(Enumerable.Repeat(Frame(0, 0, 1, new byte[16384]), 80).SelectMany(f => f).ToArray());
        await server.Completion.WaitAsync(Limit);
    }

    [Fact]
    public async Task Whoever_asks_without_reading_is_cut_off()
    {
        var (near, far) = DuplexStream.Pair();
        await using var server = Http2Connection.Serve(far, stream => Task.Delay(Timeout.Infinite, stream.Aborted));
        await near.WriteAsync((byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(4, 0, 0, [])]);
        _ = near.WriteAsync(Enumerable.Repeat(Frame(6, 0, 0, new byte[8]), 50_000).SelectMany(f => f).ToArray());
        await server.Completion.WaitAsync(Limit);
    }

    [Fact]
    public async Task Noise_ends_the_connection_or_is_passed_over()
    {
        var random = new Random(9113);
        for (var round = 0; round < 100; round++)
        {
            var (near, far) = DuplexStream.Pair();
            await using var server = Http2Connection.Serve(far, stream => Task.Delay(Timeout.Infinite, stream.Aborted));
            var noise = Enumerable
                .Range(0, 20)
                .SelectMany(_ =>
                {
                    var payload = new byte[random.Next(30)];
                    random.NextBytes(payload);
                    return Frame((byte)random.Next(12), (byte)random.Next(256), random.Next(6), payload);
                })
                .ToArray();
            await near.WriteAsync((byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. noise]).AsTask().WaitAsync(Limit);
            near.Dispose();
            await server.Completion.WaitAsync(Limit);
        }
    }

    static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        byte[] frame =
        [
            (byte)(payload.Length >> 16),
            (byte)(payload.Length >> 8),
            (byte)payload.Length,
            type,
            flags,
            0,
            0,
            0,
            0,
            .. payload,
        ];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        return frame;
    }
}
