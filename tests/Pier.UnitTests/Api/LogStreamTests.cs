using System.Buffers;
using System.Text;
using Pier.Api.Streams;
using Pier.Engine.Containers;

namespace Pier.UnitTests.Api;

public class LogStreamTests
{
    static readonly LogEntry Entry = new(2, 1_795_286_080_000_000_042, "line\n"u8.ToArray());

    [Fact]
    public void A_frame_has_stream_length_and_payload()
    {
        var target = new ArrayBufferWriter<byte>();
        LogStream.Write(target, Entry, framed: true, timestamps: false);
        Assert.Equal([2, 0, 0, 0, 0, 0, 0, 5, .. "line\n"u8], target.WrittenSpan.ToArray());
    }

    [Fact]
    public void Timestamps_have_nine_digits_and_count_into_the_length()
    {
        var target = new ArrayBufferWriter<byte>();
        LogStream.Write(target, Entry, framed: true, timestamps: true);
        Assert.Equal("2026-11-21T18:34:40.000000042Z line\n", Encoding.UTF8.GetString(target.WrittenSpan[8..]));
        Assert.Equal(target.WrittenCount - 8, target.WrittenSpan[7]);
    }

    [Fact]
    public void A_terminals_log_has_no_frames()
    {
        var target = new ArrayBufferWriter<byte>();
        LogStream.Write(target, Entry, framed: false, timestamps: false);
        Assert.Equal("line\n"u8.ToArray(), target.WrittenSpan.ToArray());
    }
}
