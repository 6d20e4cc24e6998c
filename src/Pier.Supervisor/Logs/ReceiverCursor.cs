using System.Text.Json;
using Pier.Linux;
using Pier.Linux.Descriptors;

namespace Pier.Supervisor.Logs;

/// <summary>
/// Up to where a log's receiver has it: the inode of one of its files and an offset in it. Whoever ships the log writes it as a small JSON
/// object, a new file put in place of the old one.
/// </summary>
readonly record struct ReceiverCursor(ulong Inode, long Offset)
{
    const int MaxSize = 1024;

    /// <summary>Reads it; all zero, which is no place in any file, when there is none yet.</summary>
    public static ReceiverCursor Read(string path)
    {
        try
        {
            using var file = PlainFile.OpenRead(path);
            Span<byte> text = stackalloc byte[MaxSize];
            return Parse(text[..PlainFile.ReadAt(file, text, 0)]);
        }
        catch (Exception e) when (e is LinuxException or JsonException or FormatException)
        {
            return default;
        }
    }

    static ReceiverCursor Parse(ReadOnlySpan<byte> text)
    {
        var json = new Utf8JsonReader(text);
        ReceiverCursor cursor = default;
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName)
                continue;
            if (json.ValueTextEquals("Inode"u8) && json.Read())
                cursor = cursor with { Inode = Number(json) is var inode && inode >= 0 ? (ulong)inode : 0 };
            else if (json.ValueTextEquals("Offset"u8) && json.Read())
                cursor = cursor with { Offset = Number(json) };
        }
        return cursor;
    }

    static long Number(in Utf8JsonReader json) => json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var number) ? number : -1;
}
