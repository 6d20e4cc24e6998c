namespace Pier.Engine.Logs;

/// <summary>One record of a log as it lies in the page: still escaped. Valid until the page moves on.</summary>
public readonly ref struct LogLine
{
    internal LogLine(ReadOnlySpan<byte> escaped, ReadOnlySpan<byte> attributes, byte stream, long time)
    {
        Escaped = escaped;
        Attributes = attributes;
        Stream = stream;
        TimeNanoseconds = time;
    }

    internal ReadOnlySpan<byte> Escaped { get; }

    /// <summary>The JSON object of labels and variables, or nothing.</summary>
    public ReadOnlySpan<byte> Attributes { get; }

    /// <summary>1 stdout, 2 stderr.</summary>
    public byte Stream { get; }

    /// <summary>Nanoseconds of the Unix epoch.</summary>
    public long TimeNanoseconds { get; }

    /// <summary>Upper bound of the text's length.</summary>
    public int MaxLength => Escaped.Length;

    /// <summary>Copies the text with its newline, if it has one; the length of what was copied.</summary>
    public int CopyText(Span<byte> target) => JsonText.Unescape(Escaped, target);
}
