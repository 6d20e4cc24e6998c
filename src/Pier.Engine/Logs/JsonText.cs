using System.Buffers.Text;
using System.Text;

namespace Pier.Engine.Logs;

/// <summary>The inside of a JSON string. Bytes that are no escape are copied as they are, run by run.</summary>
static class JsonText
{
    /// <summary>
    /// Undoes escapes (RFC 8259, 7); the target has at least the source's length. A broken escape stays as it is, half a surrogate pair is
    /// U+FFFD.
    /// </summary>
    public static int Unescape(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var at = 0;
        while (true)
        {
            var run = source.IndexOf((byte)'\\');
            if (run < 0 || run + 1 >= source.Length)
            {
                source.CopyTo(target[at..]);
                return at + source.Length;
            }
            source[..run].CopyTo(target[at..]);
            at += run;
            source = source[run..];
            source = source[(source[1] == 'u' ? Rune(source, target, ref at) : Simple(source, target, ref at))..];
        }
    }

    static int Simple(ReadOnlySpan<byte> source, Span<byte> target, ref int at)
    {
        target[at++] = source[1] switch
        {
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            (byte)'t' => (byte)'\t',
            (byte)'b' => (byte)'\b',
            (byte)'f' => (byte)'\f',
            var other => other,
        };
        return 2;
    }

    static int Rune(ReadOnlySpan<byte> source, Span<byte> target, ref int at)
    {
        if (!Unit(source, out var unit))
        {
            target[at++] = source[0];
            return 1;
        }
        var taken = 6;
        if (!System.Text.Rune.TryCreate(unit, out var rune))
        {
            if (Unit(source[6..], out var low) && System.Text.Rune.TryCreate(unit, low, out rune))
                taken = 12;
            else
                rune = System.Text.Rune.ReplacementChar;
        }
        at += rune.EncodeToUtf8(target[at..]);
        return taken;
    }

    static bool Unit(ReadOnlySpan<byte> source, out char unit)
    {
        unit = default;
        if (source.Length < 6 || source[0] != '\\' || source[1] != 'u')
            return false;
        if (!Utf8Parser.TryParse(source.Slice(2, 4), out ushort value, out var used, 'x') || used != 4)
            return false;
        unit = (char)value;
        return true;
    }
}
