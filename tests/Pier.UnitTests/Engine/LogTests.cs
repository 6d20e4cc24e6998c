using System.Text;
using Pier.Engine.Containers;
using Pier.Engine.Logs;

namespace Pier.UnitTests.Engine;

public sealed class LogTests : IDisposable
{
    readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("pier-log");

    string LogPath => Path.Combine(_root.FullName, "c-json.log");

    public void Dispose() => _root.Delete(recursive: true);

    static string Line(string text, int second, string stream = "stdout") =>
        $"{{\"log\":\"{text}\",\"stream\":\"{stream}\",\"time\":\"2026-01-02T03:04:{second:d2}.000000001Z\"}}\n";

    static readonly LogsQuery Everything = new(true, true, false, 0, 0, -1, false);

    async Task<List<string>> Read(LogsQuery query, Task? ended = null)
    {
        var result = new List<string>();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await foreach (var entry in new JsonLogReader(LogPath, ended ?? Task.CompletedTask).ReadAsync(query, limit.Token))
            result.Add(Encoding.UTF8.GetString(entry.Line.Span));
        return result;
    }

    [Fact]
    public async Task Reads_rotated_files_oldest_first()
    {
        File.WriteAllText(LogPath + ".2", Line("a\\n", 1));
        File.WriteAllText(LogPath + ".1", Line("b\\n", 2));
        File.WriteAllText(LogPath, Line("c\\n", 3));
        Assert.Equal(["a\n", "b\n", "c\n"], await Read(Everything));
    }

    [Theory]
    [InlineData(0, new string[0])]
    [InlineData(1, new[] { "d\n" })]
    [InlineData(2, new[] { "c\n", "d\n" })]
    [InlineData(3, new[] { "b\n", "c\n", "d\n" })]
    [InlineData(9, new[] { "a\n", "b\n", "c\n", "d\n" })]
    public async Task Tail_counts_records_across_files(int tail, string[] expected)
    {
        File.WriteAllText(LogPath + ".1", Line("a\\n", 1) + Line("b\\n", 2));
        File.WriteAllText(LogPath, Line("c\\n", 3) + Line("d\\n", 4));
        Assert.Equal(expected, await Read(Everything with { Tail = tail }));
    }

    [Fact]
    public async Task Streams_and_times_are_filtered()
    {
        File.WriteAllText(LogPath, Line("a\\n", 1) + Line("b\\n", 2, "stderr") + Line("c\\n", 3));
        Assert.Equal(["b\n"], await Read(Everything with { Stdout = false }));
        Assert.True(JsonLogLine.TryParseTime("2026-01-02T03:04:02.000000001Z"u8, out var second));
        Assert.Equal(["b\n", "c\n"], await Read(Everything with { SinceNanoseconds = second }));
        Assert.Equal(["a\n", "b\n"], await Read(Everything with { UntilNanoseconds = second }));
    }

    [Fact]
    public async Task A_torn_last_line_is_left_out()
    {
        File.WriteAllText(LogPath, Line("a\\n", 1) + "{\"log\":\"tor");
        Assert.Equal(["a\n"], await Read(Everything));
    }

    [Fact]
    public async Task A_follower_gets_every_line_across_rotation_and_ends_with_the_container()
    {
        var ended = new TaskCompletionSource();
        File.WriteAllText(LogPath, Line("0\\n", 0));
        var reading = Read(Everything with { Follow = true }, ended.Task);
        for (var i = 1; i <= 50; i++)
        {
            if (i % 10 == 0)
            {
                File.Move(LogPath, LogPath + ".1", overwrite: true);
                await Task.Delay(30);
            }
            await File.AppendAllTextAsync(LogPath, Line($"{i}\\n", i));
            await Task.Delay(5);
        }
        ended.SetResult();
        Assert.Equal(Enumerable.Range(0, 51).Select(i => $"{i}\n"), await reading);
    }

    [Fact]
    public void Escapes_are_undone()
    {
        var line = "{\"log\":\"q\\\"\\u003c\\u00e9\\ufffd\\t\\n\",\"stream\":\"stderr\",\"time\":\"2026-01-02T03:04:05.123456789Z\"}"u8;
        var text = new byte[line.Length];
        Assert.True(JsonLogLine.TryParse(line, text, out var length, out var stream, out var time));
        Assert.Equal("q\"<é\ufffd\t\n", Encoding.UTF8.GetString(text, 0, length));
        Assert.Equal((2, 1767323045123456789), (stream, time));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("{\"log\":5}")]
    [InlineData("{\"log\":\"a\",\"time\":\"yesterday\"}")]
    public void What_is_no_record_is_refused(string text) =>
        Assert.False(JsonLogLine.TryParse(Encoding.UTF8.GetBytes(text), new byte[100], out _, out _, out _));
}
