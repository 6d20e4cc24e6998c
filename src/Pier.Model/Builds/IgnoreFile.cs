using System.Text;

namespace Pier.Model.Builds;

/// <summary>.dockerignore: a pattern a line.</summary>
public static class IgnoreFile
{
    /// <summary>More is no list of patterns.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>
    /// The patterns in order, cleaned: no blanks, no leading slash, "!" before the exceptions; comments and empty lines are left out.
    /// Throws
    /// <see cref="InvalidParameterException"/> where the file is too large.
    /// </summary>
    public static IReadOnlyList<string> Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
            throw new InvalidParameterException($".dockerignore has {bytes.Length} bytes: it may have {MaxBytes}");
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        return
        [
            .. Encoding
                .UTF8.GetString(bytes)
                .Split('\n')
                .Where(l => !l.StartsWith('#'))
                .Select(l => l.Trim())
                .Where(l => l.Length > 0)
                .Select(Cleaned),
        ];
    }

    static string Cleaned(string line)
    {
        var negated = line[0] == '!';
        var pattern = negated ? line[1..].Trim() : line;
        if (pattern.Length > 0)
            pattern = CleanPath.Of(pattern);
        if (pattern.Length > 1 && pattern[0] == '/')
            pattern = pattern[1..];
        return negated ? "!" + pattern : pattern;
    }
}
