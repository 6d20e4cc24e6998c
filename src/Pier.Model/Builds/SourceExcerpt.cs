using System.Globalization;
using System.Text;

namespace Pier.Model.Builds;

/// <summary>Lines of a file as BuildKit's clients print them under an error.</summary>
public static class SourceExcerpt
{
    const int LineLength = 400;

    /// <summary>
    /// Lines first to last (from 1) with ">>>" before them and some around: two more on each side of one line, one of several. Ends in a
    /// newline.
    /// </summary>
    public static string Of(string fileName, IReadOnlyList<string> lines, int first, int last)
    {
        var (from, to) = (first, Math.Min(last, lines.Count));
        for (int shown = 0, wanted = first == last ? 4 : 2; shown < wanted; shown++)
        {
            if (from > 1)
                (from, shown) = (from - 1, shown + 1);
            if (to < lines.Count)
                (to, shown) = (to + 1, shown + 1);
        }
        var text = new StringBuilder($"{fileName}:{first}\n--------------------\n");
        for (var i = from; i <= to; i++)
            text.Append(CultureInfo.InvariantCulture, $" {i, 3} | {(i >= first && i <= last ? ">>>" : "   ")} {Shown(lines[i - 1])}\n");
        return text.Append("--------------------\n").ToString();
    }

    // Long lines and control characters are not for a terminal.
    static string Shown(string line)
    {
        if (line.Length > LineLength)
            line = line[..LineLength] + "...";
        return line.Any(c => char.IsControl(c) && c != '\t')
            ? string.Concat(line.Select(c => char.IsControl(c) && c != '\t' ? '\uFFFD' : c))
            : line;
    }
}
