using System.Text;
using Pier.Engine.Containers;
using Pier.Engine.Logs;
using Pier.Engine.Logs.Shipping;
using Pier.Linux.Files;
using Pier.Store.Logs;

namespace Pier.UnitTests.Engine;

public sealed class LogTests : IDisposable
{
    readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("pier-log");

    string LogPath => Path.Combine(_root.FullName, "c-json.log");

    public void Dispose() => _root.Delete(recursive: true);

    static string Line(string text, int second, string stream = "stdout") =>
        $"{{\"log\":\"{text}\",\"stream\":\"{stream}\",\"time\":\"2026-01-02T03:04:{second:d2}.000000001Z\"}}\n";

    static readonly LogsQuery Everything = new(true, true, false, 0, 0, -1, false);

    Task<List<string>> Read(LogsQuery query, Task? ended = null) => Read(query, [], ended);

    async Task<List<string>> Read(LogsQuery query, List<string> result, Task? ended = null)
    {
        // A hang ends the test; on a machine under load a follower may live by its safety looks alone (2 s each).
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await foreach (var page in new LogReader(LogPath, ended ?? Task.CompletedTask).ReadAsync(query, limit.Token))
            lock (result)
                Take(page, result);
        return result;
    }

    static void Take(LogPage page, List<string> result)
    {
        while (page.Next(out var line))
            result.Add(Text(line));
    }

    static string Text(in LogLine line)
    {
        var text = new byte[line.MaxLength];
        return Encoding.UTF8.GetString(text, 0, line.CopyText(text));
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
        Assert.True(LogLineParser.TryParseTime("2026-01-02T03:04:02.000000001Z"u8, out var second));
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
    public async Task A_rotation_at_work_hides_no_file()
    {
        // Between two renames one name is missing.
        File.WriteAllText(LogPath + ".4", Line("a\\n", 1));
        File.WriteAllText(LogPath + ".2", Line("b\\n", 2));
        File.WriteAllText(LogPath, Line("c\\n", 3));
        Assert.Equal(["a\n", "b\n", "c\n"], await Read(Everything));
    }

    [Fact]
    public async Task A_follower_misses_no_file_however_often_the_log_is_rotated()
    {
        var ended = new TaskCompletionSource();
        File.WriteAllText(LogPath, Line("0\\n", 0));
        var seen = new List<string>();
        var reading = Read(Everything with { Follow = true }, seen, ended.Task);
        await Until(1);
        for (var i = 1; i <= 60; i++)
        {
            // Several rotations before the follower wakes up.
            for (var n = 8; n > 0; n--)
                if (File.Exists($"{LogPath}.{n}"))
                    File.Move($"{LogPath}.{n}", $"{LogPath}.{n + 1}", overwrite: true);
            File.Move(LogPath, LogPath + ".1");
            File.WriteAllText(LogPath, Line($"{i}\\n", i % 60));
            // What is rotated away before anybody has read it is gone: no follower can promise more than the files hold.
            if (i % 6 == 0)
                await Until(i + 1);
        }
        ended.SetResult();

        async Task Until(int lines)
        {
            for (var attempt = 0; attempt < 6000; attempt++)
            {
                lock (seen)
                {
                    if (seen.Count >= lines)
                        return;
                }
                await Task.Delay(20);
            }
        }

        Assert.Equal(Enumerable.Range(0, 61).Select(i => $"{i}\n"), await reading);
    }

    [Fact]
    public async Task Compressed_files_are_read_and_each_file_once()
    {
        File.WriteAllText(LogPath + ".2", Line("a\\n", 1) + Line("b\\n", 2));
        File.WriteAllText(LogPath + ".1", Line("c\\n", 3));
        File.WriteAllText(LogPath, Line("d\\n", 4));
        CompressedLog.Compress(LogPath);
        // As the supervisor puts them in place; a kill in between leaves both forms of one.
        foreach (var number in (int[])[1, 2])
            File.Move(
                CompressedName.Of(LogPath, Inode($"{LogPath}.{number}"), File.GetLastWriteTimeUtc($"{LogPath}.{number}")),
                $"{LogPath}.{number}.gz"
            );
        File.Delete(LogPath + ".2");
        Assert.Equal(["a\n", "b\n", "c\n", "d\n"], await Read(Everything));
        Assert.Equal(["b\n", "c\n", "d\n"], await Read(Everything with { Tail = 3 }));
    }

    // A compressed file's number is free again, and the next file often gets it.
    [Fact]
    public async Task A_number_that_is_used_again_hides_no_file()
    {
        File.WriteAllText(LogPath + ".1", Line("a\\n", 1));
        CompressedLog.Compress(LogPath);
        File.Move(CompressedName.Of(LogPath, Inode(LogPath + ".1"), File.GetLastWriteTimeUtc(LogPath + ".1")), LogPath + ".1.gz");
        File.Delete(LogPath + ".1");
        File.WriteAllText(LogPath, Line("b\\n", 2));
        using (var compressed = File.OpenHandle(LogPath + ".1.gz", FileMode.Open, FileAccess.Write))
            RandomAccess.Write(compressed, BitConverter.GetBytes(Inode(LogPath)), fileOffset: 16);
        Assert.Equal(["a\n", "b\n"], await Read(Everything));
    }

    static ulong Inode(string path) => LogFiles.Current(path);

    [Fact]
    public void Escapes_are_undone()
    {
        var line =
            "{\"log\":\"q\\\"\\u003c\\u00e9\\ufffd\\t\\ud83d\\ude00\\ud83d\\n\",\"stream\":\"stderr\",\"time\":\"2026-01-02T03:04:05.123456789Z\"}"u8;
        Assert.True(new LogLineParser().TryParse(line, out var parsed));
        Assert.Equal("q\"<é\ufffd\t😀\ufffd\n", Text(parsed));
        Assert.Equal((2, 1767323045123456789), (parsed.Stream, parsed.TimeNanoseconds));
    }

    [Fact]
    public void A_repeated_suffix_is_recognised_and_a_forged_one_is_text()
    {
        var parser = new LogLineParser();
        var suffix = "\",\"stream\":\"stdout\",\"attrs\":{\"a\":\"b\"},\"time\":\"2026-01-02T03:04:05Z\"}";
        foreach (var text in (string[])["one\\n", "two\\n", "", "\\\",\\\"stream\\\":\\\"stderr\\\"\\n", "back\\\\"])
        {
            Assert.True(parser.TryParse(Encoding.UTF8.GetBytes("{\"log\":\"" + text + suffix), out var line));
            Assert.Equal(System.Text.RegularExpressions.Regex.Unescape(text), Text(line));
            Assert.Equal("{\"a\":\"b\"}", Encoding.UTF8.GetString(line.Attributes));
            Assert.Equal(1, line.Stream);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("{\"log\":5}")]
    [InlineData("{\"log\":\"a\",\"time\":\"yesterday\"}")]
    public void What_is_no_record_is_refused(string text) =>
        Assert.False(new LogLineParser().TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public async Task A_reader_goes_on_at_a_cursor_also_when_its_file_was_rotated()
    {
        File.WriteAllText(LogPath, Line("a\\n", 1) + Line("b\\n", 2));
        var cursor = new LogCursor
        {
            Inode = Inode(LogPath),
            Offset = Line("a\\n", 1).Length,
            Time = 1767323041000000001,
        };
        Assert.Equal(["b\n"], await ReadFrom(cursor));
        File.Move(LogPath, LogPath + ".1");
        File.WriteAllText(LogPath, Line("c\\n", 3));
        Assert.Equal(["b\n", "c\n"], await ReadFrom(cursor));
        // Another file with that number: whatever is there is delivered.
        Assert.Equal(["a\n", "b\n", "c\n"], await ReadFrom(cursor with { Time = 5 }));
    }

    async Task<List<string>> ReadFrom(LogCursor cursor)
    {
        var result = new List<string>();
        await foreach (
            var page in new LogReader(LogPath, Task.CompletedTask) { From = cursor }.ReadAsync(Everything, CancellationToken.None)
        )
            Take(page, result);
        return result;
    }
}
