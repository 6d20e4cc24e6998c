using System.Text;
using Pier.Cli.Sessions;

namespace Pier.UnitTests.Cli;

public class FrameReaderTests
{
    static byte[] Frame(byte stream, string text) => [stream, 0, 0, 0, 0, 0, 0, (byte)text.Length, .. Encoding.UTF8.GetBytes(text)];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Frames_come_apart_wherever_the_wire_cuts_them(int piece)
    {
        byte[] wire = [.. Frame(1, "out1 "), .. Frame(2, "err1 "), .. Frame(1, ""), .. Frame(1, "out2")];
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var reader = new FrameReader(output, error);
        foreach (var part in wire.Chunk(piece))
            reader.Push(part);
        Assert.Equal("out1 out2", Encoding.UTF8.GetString(output.ToArray()));
        Assert.Equal("err1 ", Encoding.UTF8.GetString(error.ToArray()));
    }

    [Fact]
    public void The_daemons_own_error_ends_the_stream()
    {
        var reader = new FrameReader(Stream.Null, Stream.Null);
        var failure = Assert.Throws<Pier.Cli.CliFailure>(() => reader.Push(Frame(3, "boom")));
        Assert.Contains("boom", failure.Message);
    }
}
