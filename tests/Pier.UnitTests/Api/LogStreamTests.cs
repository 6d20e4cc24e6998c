using System.Text;
using Pier.Api.Streams;
using Pier.Engine.Containers;
using Pier.Engine.Logs;

namespace Pier.UnitTests.Api;

public sealed class LogStreamTests : IDisposable
{
    readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("pier-logstream");

    public void Dispose() => _root.Delete(recursive: true);

    const string Line = """{"log":"line\n","stream":"stderr","attrs":{"b":"x y","a":"1"},"time":"2026-11-21T18:34:40.000000042Z"}""" + "\n";

    async Task<byte[]> Send(string log, bool framed, bool timestamps = false, bool details = false)
    {
        var path = Path.Combine(_root.FullName, "log");
        File.WriteAllText(path, log);
        var target = new MemoryStream();
        var pages = new LogReader(path, Task.CompletedTask).ReadAsync(
            new LogsQuery(true, true, false, 0, 0, -1, details),
            CancellationToken.None
        );
        await LogStream.SendAsync(pages, target, framed, timestamps, details, CancellationToken.None);
        return target.ToArray();
    }

    [Fact]
    public async Task A_frame_has_stream_length_and_payload() =>
        Assert.Equal([2, 0, 0, 0, 0, 0, 0, 5, .. "line\n"u8], await Send(Line, framed: true));

    [Fact]
    public async Task Timestamps_have_nine_digits_and_count_into_the_length()
    {
        var sent = await Send(Line, framed: true, timestamps: true);
        Assert.Equal("2026-11-21T18:34:40.000000042Z line\n", Encoding.UTF8.GetString(sent.AsSpan(8)));
        Assert.Equal(sent.Length - 8, sent[7]);
    }

    [Fact]
    public async Task Details_are_sorted_and_encoded_after_the_time()
    {
        Assert.Equal("a=1,b=x+y line\n", Encoding.UTF8.GetString(await Send(Line, framed: false, details: true)));
        Assert.Equal(
            "2026-11-21T18:34:40.000000042Z a=1,b=x+y line\n",
            Encoding.UTF8.GetString(await Send(Line, framed: false, timestamps: true, details: true))
        );
    }

    [Fact]
    public async Task A_terminals_log_has_no_frames() => Assert.Equal("line\n"u8.ToArray(), await Send(Line, framed: false));

    [Fact]
    public async Task Pieces_and_pages_end_anywhere()
    {
        // Longer than a page, a piece and both together; one line longer than either.
        var log = new StringBuilder();
        var expected = new StringBuilder();
        for (var i = 0; i < 6000; i++)
        {
            var text = i == 3000 ? new string('y', 700_000) : new string('x', i % 300) + i;
            log.Append("{\"log\":\"")
                .Append(text)
                .Append("\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-21T18:34:4")
                .Append(i / 1000)
                .Append("Z\"}\n");
            expected.Append(text).Append('\n');
        }
        Assert.Equal(expected.ToString(), Encoding.UTF8.GetString(await Send(log.ToString(), framed: false)));
    }
}
