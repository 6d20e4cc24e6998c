using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Pier.Linux.Files;

/// <summary>
/// File names are bytes on Linux and text in .NET. Names that are not UTF-8 survive the way there and back: a byte that
/// decodes to nothing becomes the lone surrogate U+DC00 + byte, as in Python's PEP 383.
/// </summary>
public static class PathText
{
    const int Escape = 0xDC00;

    /// <summary>Bytes from the kernel or an archive as text.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
            return Encoding.UTF8.GetString(bytes);
        var text = new StringBuilder(bytes.Length);
        Span<char> pair = stackalloc char[2];
        while (bytes.Length > 0)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var length) == OperationStatus.Done)
            {
                text.Append(pair[..rune.EncodeToUtf16(pair)]);
                bytes = bytes[length..];
                continue;
            }
            text.Append((char)(Escape + bytes[0]));
            bytes = bytes[1..];
        }
        return text.ToString();
    }

    /// <summary>Text as bytes, without a NUL at the end.</summary>
    public static byte[] Encode(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange((char)(Escape + 0x80), (char)(Escape + 0xFF)) < 0)
            return Encoding.UTF8.GetBytes(text);
        var bytes = new List<byte>(text.Length);
        Span<byte> encoded = stackalloc byte[4];
        for (var i = 0; i < text.Length; )
        {
            if (Rune.TryGetRuneAt(text, i, out var rune))
            {
                bytes.AddRange(encoded[..rune.EncodeToUtf8(encoded)]);
                i += rune.Utf16SequenceLength;
                continue;
            }
            if (text[i] is >= (char)(Escape + 0x80) and <= (char)(Escape + 0xFF))
                bytes.Add((byte)(text[i] - Escape));
            else
                bytes.AddRange("\uFFFD"u8);
            i++;
        }
        return [.. bytes];
    }

    /// <summary>Text as a C string. A NUL inside would silently name another file: EINVAL.</summary>
    internal static byte[] ToC(string text, string call)
    {
        if (text.Contains('\0'))
            throw new LinuxException(call, Errno.EINVAL, text.Replace('\0', '?'));
        var bytes = Encode(text);
        Array.Resize(ref bytes, bytes.Length + 1);
        return bytes;
    }
}
