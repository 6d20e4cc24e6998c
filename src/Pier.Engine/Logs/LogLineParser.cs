using System.Buffers.Text;
using System.Text.Json;

namespace Pier.Engine.Logs;

/// <summary>
/// Parses records of Docker's json-file format, {"log":"...\n","stream":"stdout","time":"2026-01-02T03:04:05.678901234Z"}, optionally with
/// "attrs". What follows the text is the same in a whole batch of lines: it is parsed once and recognised from then on.
/// </summary>
sealed class LogLineParser
{
    byte[] _suffix = [];
    (int Start, int Length) _attributes;
    byte _stream;
    long _time;

    static ReadOnlySpan<byte> Prefix => "{\"log\":\""u8;

    /// <summary>False for a line that is not whole (a crash of the host can leave one) or not a record.</summary>
    public bool TryParse(ReadOnlySpan<byte> line, out LogLine parsed)
    {
        // A quote inside a text is escaped: in a record, what ends as the suffix does is the suffix.
        if (_suffix.Length > 0 && line.EndsWith(_suffix) && line.StartsWith(Prefix) && line.Length >= Prefix.Length + _suffix.Length)
        {
            parsed = new LogLine(
                line[Prefix.Length..^_suffix.Length],
                _suffix.AsSpan(_attributes.Start, _attributes.Length),
                _stream,
                _time
            );
            return true;
        }
        try
        {
            return TryRead(line, out parsed);
        }
        catch (JsonException)
        {
            parsed = default;
            return false;
        }
    }

    bool TryRead(ReadOnlySpan<byte> line, out LogLine parsed)
    {
        parsed = default;
        ReadOnlySpan<byte> text = default,
            attributes = default;
        byte stream = 1;
        long time = 0;
        var reader = new Utf8JsonReader(line);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("log"u8))
            {
                if (!reader.Read() || reader.TokenType != JsonTokenType.String)
                    return false;
                text = reader.ValueSpan;
            }
            else if (reader.ValueTextEquals("stream"u8))
            {
                if (!reader.Read())
                    return false;
                stream = reader.ValueTextEquals("stderr"u8) ? (byte)2 : (byte)1;
            }
            else if (reader.ValueTextEquals("time"u8))
            {
                if (!reader.Read() || !TryParseTime(reader.ValueSpan, out time))
                    return false;
            }
            else
            {
                var attrs = reader.ValueTextEquals("attrs"u8);
                if (!reader.Read())
                    return false;
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                if (attrs)
                    attributes = line[start..(int)reader.BytesConsumed];
            }
        }
        if (reader.TokenType != JsonTokenType.EndObject)
            return false;
        parsed = new LogLine(text, attributes, stream, time);
        Remember(line, parsed);
        return true;
    }

    void Remember(ReadOnlySpan<byte> line, LogLine parsed)
    {
        if (!line.StartsWith(Prefix) || !line[Prefix.Length..].StartsWith(parsed.Escaped))
            return;
        var suffix = line[(Prefix.Length + parsed.Escaped.Length)..];
        if (suffix.IsEmpty || suffix[0] != '"')
            return;
        _suffix = suffix.ToArray();
        var attributes = parsed.Attributes.IsEmpty ? -1 : suffix.IndexOf(parsed.Attributes);
        _attributes = attributes < 0 ? default : (attributes, parsed.Attributes.Length);
        (_stream, _time) = (parsed.Stream, parsed.TimeNanoseconds);
    }

    /// <summary>RFC 3339 in UTC with up to nine digits of a second, to nanoseconds of the Unix epoch.</summary>
    public static bool TryParseTime(ReadOnlySpan<byte> text, out long nanoseconds)
    {
        nanoseconds = 0;
        if (text.Length < 20 || text[^1] != (byte)'Z')
            return false;
        if (
            !Number(text[..4], out var year)
            || !Number(text[5..7], out var month)
            || !Number(text[8..10], out var day)
            || !Number(text[11..13], out var hour)
            || !Number(text[14..16], out var minute)
            || !Number(text[17..19], out var second)
        )
            return false;
        if (month is < 1 or > 12 || day is < 1 or > 31 || year < 1)
            return false;
        var fraction = text[19..^1];
        long nanos = 0;
        if (fraction.Length > 1)
        {
            for (var i = 1; i < 10; i++)
                nanos = nanos * 10 + (i < fraction.Length ? fraction[i] - '0' : 0);
        }
        if (day > DateTime.DaysInMonth(year, month))
            return false;
        var days = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Subtract(DateTime.UnixEpoch).Days;
        nanoseconds = (((days * 24L + hour) * 60 + minute) * 60 + second) * 1_000_000_000 + nanos;
        return true;
    }

    static bool Number(ReadOnlySpan<byte> digits, out int value) =>
        Utf8Parser.TryParse(digits, out value, out var used) && used == digits.Length && value >= 0;
}
