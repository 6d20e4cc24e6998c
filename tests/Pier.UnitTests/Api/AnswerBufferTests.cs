using System.Buffers;
using System.IO.Pipelines;
using Pier.Api.Http;

namespace Pier.UnitTests.Api;

public class AnswerBufferTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(300_000)]
    public async Task An_answer_of_any_length_comes_out_as_it_went_in(int length)
    {
        var bytes = new byte[length];
        Random.Shared.NextBytes(bytes);
        using var answer = new AnswerBuffer();
        for (var at = 0; at < length; )
        {
            var part = Math.Min(Random.Shared.Next(1, 5000), length - at);
            bytes.AsSpan(at, part).CopyTo(answer.GetSpan(part));
            answer.Advance(part);
            at += part;
        }

        Assert.Equal(length, answer.Length);
        using var target = new MemoryStream();
        var pipe = PipeWriter.Create(target, new StreamPipeWriterOptions(leaveOpen: true));
        await answer.CopyToAsync(pipe);
        await pipe.CompleteAsync();
        Assert.Equal(bytes, target.ToArray());
    }

    [Fact]
    public void A_value_that_is_larger_than_a_piece_gets_the_room_that_it_asks_for()
    {
        using var answer = new AnswerBuffer();
        Assert.True(answer.GetMemory(1_000_000).Length >= 1_000_000);
        answer.Write(new byte[200_000]);
        Assert.Equal(200_000, answer.Length);
    }
}
