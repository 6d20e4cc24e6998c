using System.Text;
using Pier.Model.Builds;

namespace Pier.Build.Dockerfiles;

/// <summary>The text of a Dockerfile in physical lines, for reading and for pointing at.</summary>
public sealed class SourceText
{
    readonly string[] _lines;

    SourceText(string fileName, string[] lines) => (FileName, _lines) = (fileName, lines);

    public string FileName { get; }

    /// <summary>Lines without their ends; the file's last newline makes no empty line.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>
    /// Reads UTF-8; a byte order mark is no part of the text. Throws <see cref="DockerfileException"/> where it is too large.
    /// </summary>
    public static SourceText From(string fileName, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > DockerfileLimits.FileBytes)
            throw new DockerfileException($"{fileName} has {bytes.Length} bytes: a Dockerfile has at most {DockerfileLimits.FileBytes}");
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        var text = Encoding.UTF8.GetString(bytes);
        var lines = text.Split('\n');
        if (lines[^1].Length == 0)
            lines = lines[..^1];
        for (var i = 0; i < lines.Length; i++)
            if (lines[i].EndsWith('\r'))
                lines[i] = lines[i][..^1];
        var source = new SourceText(fileName, lines);
        var tooLong = Array.FindIndex(lines, l => l.Length > DockerfileLimits.LineLength);
        if (tooLong >= 0)
            throw new DockerfileException(
                $"dockerfile line greater than maximum allowed size of {DockerfileLimits.LineLength}",
                source.Place(tooLong + 1, tooLong + 1)
            );
        return source;
    }

    /// <summary>A place in this text; <paramref name="word"/> is looked for in its lines to find the column.</summary>
    public DockerfilePlace Place(int first, int last, string? word = null)
    {
        first = Math.Clamp(first, 1, Math.Max(1, _lines.Length));
        last = Math.Clamp(last, first, Math.Max(first, _lines.Length));
        var (line, column) = Find(first, last, word);
        return new DockerfilePlace(FileName, first, last, line, column) { Excerpt = SourceExcerpt.Of(FileName, _lines, first, last) };
    }

    (int Line, int Column) Find(int first, int last, string? word)
    {
        for (var i = first; word is { Length: > 0 } && i <= last && i <= _lines.Length; i++)
            if (_lines[i - 1].IndexOf(word, StringComparison.Ordinal) is var at and >= 0)
                return (i, at + 1);
        var text = first <= _lines.Length ? _lines[first - 1] : "";
        return (first, text.Length - text.TrimStart().Length + 1);
    }
}
