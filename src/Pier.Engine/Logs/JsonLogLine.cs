using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Pier.Engine.Logs;

/// <summary>One record of Docker's json-file format: {"log":"...\n","stream":"stdout","time":"2026-01-02T03:04:05.678901234Z"}.</summary>
static class JsonLogLine
{
    /// <summary>
    /// Parses a line; the text is unescaped into <paramref name="text"/>, which has at least the line's length. False for a line that
    /// is not whole (a crash of the host can leave one) or not a record.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> line, Span<byte> text, out int length, out byte stream, out long timeNanoseconds)
    {
        length = 0;
        stream = 1;
        timeNanoseconds = 0;
        var reader = new Utf8JsonReader(line);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("log"u8))
                {
                    if (!reader.Read() || reader.TokenType != JsonTokenType.String) return false;
                    length = reader.CopyString(text);
                }
                else if (reader.ValueTextEquals("stream"u8))
                {
                    if (!reader.Read()) return false;
                    stream = reader.ValueTextEquals("stderr"u8) ? (byte)2 : (byte)1;
                }
                else if (reader.ValueTextEquals("time"u8))
                {
                    if (!reader.Read() || !TryParseTime(reader.ValueSpan, out timeNanoseconds)) return false;
                }
                else
                {
                    reader.Skip();
                }
            }
            return reader.TokenType == JsonTokenType.EndObject;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>RFC 3339 in UTC with up to nine digits of a second, to nanoseconds of the Unix epoch.</summary>
    public static bool TryParseTime(ReadOnlySpan<byte> text, out long nanoseconds)
    {
        nanoseconds = 0;
        if (text.Length < 20 || text[^1] != (byte)'Z') return false;
        if (!Number(text[..4], out var year) || !Number(text[5..7], out var month) || !Number(text[8..10], out var day)
            || !Number(text[11..13], out var hour) || !Number(text[14..16], out var minute) || !Number(text[17..19], out var second)) return false;
        if (month is < 1 or > 12 || day is < 1 or > 31 || year < 1) return false;
        var fraction = text[19..^1];
        long nanos = 0;
        if (fraction.Length > 1)
        {
            for (var i = 1; i < 10; i++) nanos = nanos * 10 + (i < fraction.Length ? fraction[i] - '0' : 0);
        }
        if (day > DateTime.DaysInMonth(year, month)) return false;
        var days = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Subtract(DateTime.UnixEpoch).Days;
        nanoseconds = (((days * 24L + hour) * 60 + minute) * 60 + second) * 1_000_000_000 + nanos;
        return true;
    }

    static bool Number(ReadOnlySpan<byte> digits, out int value) =>
        Utf8Parser.TryParse(digits, out value, out var used) && used == digits.Length && value >= 0;
}
