using System.Security.Cryptography;

namespace Pier.Engine.Logs.Shipping;

/// <summary>Collects messages from pages, a bounded number at a time, and numbers the pieces of long lines.</summary>
sealed class LogBatch
{
    const int MaxMessages = 256,
        MaxBytes = 256 << 10,
        FullMessage = 16 << 10;

    readonly List<LogMessage> _messages = [];
    readonly (string? Id, int Ordinal)[] _open = new (string?, int)[3];

    public IReadOnlyList<LogMessage> Messages => _messages;

    /// <summary>Replaces the messages by the page's next ones; false when it has none left.</summary>
    public bool Take(LogPage page)
    {
        _messages.Clear();
        var bytes = 0;
        while (_messages.Count < MaxMessages && bytes < MaxBytes && page.Next(out var line))
        {
            var text = new byte[line.MaxLength];
            var length = line.CopyText(text);
            bytes += length;
            var ends = length > 0 && text[length - 1] == '\n';
            _messages.Add(
                new LogMessage(line.Stream, line.TimeNanoseconds, text[..(ends ? length - 1 : length)], Part(line.Stream, length, ends))
            );
        }
        return _messages.Count > 0;
    }

    // A line without newline that is shorter than a full message is the end of the stream, not a piece.
    LogPart? Part(byte stream, int length, bool ends)
    {
        ref var open = ref _open[stream];
        if (open.Id is null && (ends || length < FullMessage))
            return null;
        open.Id ??= Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        open.Ordinal++;
        var part = new LogPart(open.Id, open.Ordinal, ends || length < FullMessage);
        if (part.Last)
            open = default;
        return part;
    }
}
