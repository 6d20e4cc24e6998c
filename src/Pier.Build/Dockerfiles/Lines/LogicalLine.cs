namespace Pier.Build.Dockerfiles.Lines;

/// <summary>One instruction's text: physical lines put together, and the here-documents that follow.</summary>
public sealed record LogicalLine
{
    /// <summary>Without comments, continuation characters and the blanks around.</summary>
    public required string Text { get; init; }
    public required int FirstLine { get; init; }

    /// <summary>The last line, here-documents included.</summary>
    public required int LastLine { get; init; }
    public IReadOnlyList<Heredoc> Heredocs { get; init; } = [];

    /// <summary>There is a blank line between continued ones, which Docker calls an error of the future.</summary>
    public bool HasEmptyContinuation { get; init; }

    /// <summary>The instruction's word as it is written.</summary>
    public string Word => SpaceAt() is var at and >= 0 ? Text[..at] : Text;

    /// <summary>What follows the word.</summary>
    public string Rest => SpaceAt() is var at and >= 0 ? Text[at..].Trim() : "";

    int SpaceAt() => Text.AsSpan().IndexOfAny(" \t\v\f\r");
}
