using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Pier.Supervisor.Logs;

/// <summary>
/// Docker's json-file lines: {"log":"text\n","stream":"stdout","time":"2025-01-02T03:04:05.678901234Z"} and a newline. Text is escaped as
/// Go's encoding/json escapes for HTML; bytes that are no UTF-8 become \ufffd. Pure: bytes in, bytes out.
/// </summary>
static class JsonLineEncoder
{
    /// <summary>
    /// A message holds at most this many bytes of text; longer lines are split, only the last part ends in a newline (Docker's copier).
    /// </summary>
    public const int MaxMessage = 16 << 10;

    /// <summary>An encoded message is at most this much longer than 6 times its text, the suffix not counted.</summary>
    public const int Overhead = 8 + 2;

    static ReadOnlySpan<byte> Prefix => "{\"log\":\""u8;
    static ReadOnlySpan<byte> Hex => "0123456789abcdef"u8;

    static readonly SearchValues<byte> Special = SearchValues.Create([
        .. Enumerable.Range(0, 0x20).Select(b => (byte)b),
        (byte)'"',
        (byte)'\\',
        (byte)'<',
        (byte)'>',
        (byte)'&',
        .. Enumerable.Range(0x80, 0x80).Select(b => (byte)b),
    ]);

    /// <summary>
    /// Writes the message of the first line if that has nothing to be escaped but its newline, which is among the first
    /// <see cref="MaxMessage"/> bytes: 16 bytes at a time are looked at and copied, in one go. Returns the number of bytes written, 0 for
    /// any other line; <paramref name="taken"/> is the line's length. As many bytes as the text has may be overwritten behind the message.
    /// </summary>
    public static int WritePlainLine(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> suffix, Span<byte> line, out int taken)
    {
        taken = 0;
        Prefix.CopyTo(line);
        var text = line[Prefix.Length..];
        var at = CopyPlain(bytes[..Math.Min(bytes.Length, MaxMessage)], text);
        if (at >= Math.Min(bytes.Length, MaxMessage) || bytes[at] != '\n')
            return 0;
        taken = at + 1;
        text[at++] = (byte)'\\';
        text[at++] = (byte)'n';
        suffix.CopyTo(text[at..]);
        return Prefix.Length + at + suffix.Length;
    }

    /// <summary>Copies, and returns where the first byte is that has to be escaped; the length when none has.</summary>
    static int CopyPlain(ReadOnlySpan<byte> bytes, Span<byte> copy)
    {
        ref var from = ref MemoryMarshal.GetReference(bytes);
        ref var to = ref MemoryMarshal.GetReference(copy[..bytes.Length]);
        nuint at = 0;
        for (; at + (nuint)Vector128<byte>.Count <= (nuint)bytes.Length; at += (nuint)Vector128<byte>.Count)
        {
            var block = Vector128.LoadUnsafe(ref from, at);
            block.StoreUnsafe(ref to, at);
            var specials = Specials(block);
            if (specials != Vector128<byte>.Zero)
                return (int)at + BitOperations.TrailingZeroCount(specials.ExtractMostSignificantBits());
        }
        for (; at < (nuint)bytes.Length && !Special.Contains(bytes[(int)at]); at++)
            copy[(int)at] = bytes[(int)at];
        return (int)at;
    }

    // Signed, what is below a space are control characters and every byte from 0x80 on. "<" and ">" differ in one bit, so do """ and "&".
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<byte> Specials(Vector128<byte> block) =>
        Vector128.LessThan(block.AsSByte(), Vector128.Create((sbyte)' ')).AsByte()
        | Vector128.Equals(block | Vector128.Create((byte)2), Vector128.Create((byte)'>'))
        | Vector128.Equals(block | Vector128.Create((byte)4), Vector128.Create((byte)'&'))
        | Vector128.Equals(block, Vector128.Create((byte)'\\'));

    /// <summary>What follows the text of every message of a batch: stream, attributes, time. Returns its length.</summary>
    public static int Suffix(string stream, string? attributes, DateTime time, Span<byte> suffix)
    {
        var length = Copy("\",\"stream\":\""u8, suffix, 0);
        length += Encoding.ASCII.GetBytes(stream, suffix[length..]);
        length = Copy("\""u8, suffix, length);
        if (attributes is not null)
        {
            length = Copy(",\"attrs\":"u8, suffix, length);
            length += Encoding.UTF8.GetBytes(attributes, suffix[length..]);
        }
        length = Copy(",\"time\":\""u8, suffix, length);
        length += Time(time, suffix[length..]);
        return Copy("\"}\n"u8, suffix, length);
    }

    /// <summary>Writes one message; <paramref name="text"/> holds its newline if it has one. Returns the number of bytes.</summary>
    public static int Write(ReadOnlySpan<byte> text, ReadOnlySpan<byte> suffix, Span<byte> line)
    {
        var at = Copy(Prefix, line, 0);
        at = Escape(text, line, at);
        return Copy(suffix, line, at);
    }

    /// <summary>RFC 3339 in UTC, with as many digits of the second as are not zero (Go's time.RFC3339Nano).</summary>
    public static int Time(DateTime time, Span<byte> text)
    {
        var utc = time.ToUniversalTime();
        _ = utc.TryFormat(text, out var length, "yyyy-MM-dd'T'HH:mm:ss.fffffff", System.Globalization.CultureInfo.InvariantCulture);
        while (text[length - 1] == '0')
            length--;
        if (text[length - 1] == '.')
            length--;
        text[length] = (byte)'Z';
        return length + 1;
    }

    static int Escape(ReadOnlySpan<byte> text, Span<byte> line, int at)
    {
        while (true)
        {
            var run = text.IndexOfAny(Special);
            if (run < 0)
                return Copy(text, line, at);
            at = Copy(text[..run], line, at);
            text = text[run..];
            var taken = text[0] < 0x80 ? EscapeAscii(text[0], line, ref at) : EscapeRune(text, line, ref at);
            text = text[taken..];
            if (text.IsEmpty)
                return at;
        }
    }

    static int EscapeAscii(byte value, Span<byte> line, ref int at)
    {
        line[at++] = (byte)'\\';
        switch (value)
        {
            case (byte)'\n':
                line[at++] = (byte)'n';
                break;
            case (byte)'\r':
                line[at++] = (byte)'r';
                break;
            case (byte)'"' or (byte)'\\':
                line[at++] = value;
                break;
            default:
                at = Copy("u00"u8, line, at);
                line[at++] = Hex[value >> 4];
                line[at++] = Hex[value & 15];
                break;
        }
        return 1;
    }

    static int EscapeRune(ReadOnlySpan<byte> text, Span<byte> line, ref int at)
    {
        if (Rune.DecodeFromUtf8(text, out var rune, out var taken) != OperationStatus.Done)
        {
            at = Copy("\\ufffd"u8, line, at);
            return 1; // Go replaces byte by byte
        }
        // U+2028 and U+2029 end lines in JavaScript; Go escapes them too.
        at = rune.Value is 0x2028 or 0x2029
            ? Copy(rune.Value == 0x2028 ? "\\u2028"u8 : "\\u2029"u8, line, at)
            : Copy(text[..taken], line, at);
        return taken;
    }

    static int Copy(ReadOnlySpan<byte> bytes, Span<byte> line, int at)
    {
        bytes.CopyTo(line[at..]);
        return at + bytes.Length;
    }
}
