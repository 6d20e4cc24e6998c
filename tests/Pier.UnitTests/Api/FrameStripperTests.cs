using Pier.Api.Streams;

namespace Pier.UnitTests.Api;

public class FrameStripperTests
{
    [Fact]
    public void Headers_are_taken_out_wherever_reads_cut()
    {
        byte[] stream = [1, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3, 2, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 2, 4, 5];
        for (var size = 1; size <= stream.Length; size++)
        {
            var stripper = new FrameStripper(framed: true);
            var payload = new List<byte>();
            foreach (var piece in stream.Chunk(size))
                payload.AddRange(piece.AsSpan(0, stripper.Strip(piece)));
            Assert.Equal([1, 2, 3, 4, 5], payload);
            var first = new FrameStripper(framed: true, only: 1);
            var kept = new List<byte>();
            foreach (var piece in stream.Chunk(size))
                kept.AddRange(piece.AsSpan(0, first.Strip(piece)));
            Assert.Equal([1, 2, 3], kept);
        }
    }
}
