using System.Text;
using Pier.Supervisor.Logs;

namespace Pier.UnitTests.Supervisor;

public class JsonLineEncoderTests
{
    [Theory]
    [InlineData("plain\n", "plain\\n")]
    [InlineData("a\"b\\c\td\re\u0001\u007f", "a\\\"b\\\\c\\u0009d\\re\\u0001\u007f")]
    [InlineData("<a href='x'>&</a>", "\\u003ca href='x'\\u003e\\u0026\\u003c/a\\u003e")]
    [InlineData("grüße 日本 😀", "grüße 日本 😀")]
    [InlineData("\u2028x\u2029", "\\u2028x\\u2029")]
    [InlineData("", "")]
    public void Text_is_escaped_as_Go_escapes_for_HTML(string text, string escaped) =>
        Assert.Equal(
            $"{{\"log\":\"{escaped}\",\"stream\":\"stdout\",\"time\":\"2025-01-02T03:04:05.6Z\"}}\n",
            Encode(Encoding.UTF8.GetBytes(text))
        );

    [Theory]
    [InlineData(new byte[] { 0xff, (byte)'a', 0xc3 }, "\\ufffda\\ufffd")]
    [InlineData(new byte[] { 0xe2, 0x82, (byte)'x' }, "\\ufffd\\ufffdx")]
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 }, "\\ufffd\\ufffd\\ufffd")]
    public void Bytes_that_are_no_text_are_replaced_one_by_one(byte[] text, string escaped) =>
        Assert.StartsWith($"{{\"log\":\"{escaped}\",", Encode(text));

    [Fact]
    public void A_plain_line_is_written_as_the_same_message()
    {
        var suffix = "\",\"stream\":\"stdout\"}\n"u8.ToArray();
        var (fast, slow) = (new byte[64 << 10], new byte[64 << 10]);
        foreach (var length in (int[])[0, 1, 15, 16, 17, 31, 32, 33, 100, 16382, 16383])
        foreach (var behind in (int[])[0, 1, 40])
        {
            byte[] line = [.. Enumerable.Repeat((byte)'x', length), (byte)'\n', .. Enumerable.Repeat((byte)'"', behind)];
            var written = JsonLineEncoder.WritePlainLine(line, suffix, fast, out var taken);
            Assert.Equal(length + 1, taken);
            Assert.Equal(
                slow.AsSpan(0, JsonLineEncoder.Write(line.AsSpan(0, taken), suffix, slow)).ToArray(),
                fast.AsSpan(0, written).ToArray()
            );
        }
        Assert.Equal(
            0,
            JsonLineEncoder.WritePlainLine(
                new byte[16384]
                    .Select(_ => (byte)'x')
                    .Append((byte)'\n')
                    .ToArray(),
                suffix,
                fast,
                out _
            )
        );
        Assert.Equal(0, JsonLineEncoder.WritePlainLine("no end"u8, suffix, fast, out _));
    }

    [Fact]
    public void A_line_with_a_byte_that_is_escaped_is_not_plain()
    {
        var suffix = "\"}\n"u8.ToArray();
        var (text, line) = (new byte[1024], new byte[1024]);
        for (var value = 0; value < 256; value++)
        for (var at = 0; at < 40; at += 13)
        {
            var bytes = Enumerable.Repeat((byte)'x', 40).Append((byte)'\n').ToArray();
            bytes[at] = (byte)value;
            var expected = JsonLineEncoder.Write(bytes, suffix, text) == bytes.Length + 8 + 1 + suffix.Length ? bytes.Length : 0;
            if (value == '\n')
                expected = at + 1;
            else if (value >= 0x80)
                expected = 0;
            Assert.True(JsonLineEncoder.WritePlainLine(bytes, suffix, line, out var taken) > 0 == expected > 0, $"{value:x2} at {at}");
            Assert.Equal(expected, taken);
        }
    }

    [Theory]
    [InlineData(0, "2025-01-02T03:04:05Z")]
    [InlineData(1, "2025-01-02T03:04:05.0000001Z")]
    [InlineData(1_200_000, "2025-01-02T03:04:05.12Z")]
    public void Times_have_no_trailing_zeros(long ticks, string expected)
    {
        Span<byte> text = stackalloc byte[64];
        var length = JsonLineEncoder.Time(new DateTime(2025, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddTicks(ticks), text);
        Assert.Equal(expected, Encoding.ASCII.GetString(text[..length]));
    }

    [Fact]
    public void Attributes_stand_before_the_time()
    {
        Span<byte> suffix = stackalloc byte[256];
        var length = JsonLineEncoder.Suffix("stderr", "{\"tag\":\"x\"}", new DateTime(2025, 1, 2, 3, 4, 5, DateTimeKind.Utc), suffix);
        Assert.Equal(
            "\",\"stream\":\"stderr\",\"attrs\":{\"tag\":\"x\"},\"time\":\"2025-01-02T03:04:05Z\"}\n",
            Encoding.ASCII.GetString(suffix[..length])
        );
    }

    static string Encode(byte[] text)
    {
        var suffix = new byte[256];
        var length = JsonLineEncoder.Suffix(
            "stdout",
            null,
            new DateTime(2025, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddMilliseconds(600),
            suffix
        );
        var line = new byte[6 * text.Length + 256];
        return Encoding.UTF8.GetString(line, 0, JsonLineEncoder.Write(text, suffix.AsSpan(0, length), line));
    }
}
