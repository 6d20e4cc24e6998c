using System.Buffers.Binary;
using Pier.Engine.Health;

namespace Pier.UnitTests.Engine;

public class ProbeOutputTests
{
    static byte[] Frame(byte stream, byte[] payload)
    {
        var frame = new byte[8 + payload.Length];
        frame[0] = stream;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), payload.Length);
        payload.CopyTo(frame, 8);
        return frame;
    }

    static async Task<string> Read(params byte[][] frames)
    {
        var output = new ProbeOutput();
        await output.ReadAsync(new MemoryStream([.. frames.SelectMany(f => f)]), CancellationToken.None);
        return output.Text;
    }

    [Fact]
    public async Task Both_streams_come_in_order() =>
        Assert.Equal("a\nerr\nb", await Read(Frame(1, "a\n"u8.ToArray()), Frame(2, "err\n"u8.ToArray()), Frame(1, "b"u8.ToArray())));

    [Fact]
    public async Task What_is_more_than_the_limit_is_dropped_and_told()
    {
        var text = await Read(Frame(1, [.. Enumerable.Repeat((byte)'x', 100_000)]), Frame(1, "end"u8.ToArray()));
        Assert.Equal(new string('x', ProbeOutput.Limit) + "...", text);
        Assert.Equal(new string('x', ProbeOutput.Limit), await Read(Frame(1, [.. Enumerable.Repeat((byte)'x', ProbeOutput.Limit)])));
    }

    [Fact]
    public async Task A_frame_that_is_cut_off_gives_what_came() => Assert.Equal("ab", await Read(Frame(1, "abcd"u8.ToArray())[..10]));
}
