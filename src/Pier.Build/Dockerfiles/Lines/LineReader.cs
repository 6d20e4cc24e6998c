using System.Text;
using Pier.Model.Builds;

namespace Pier.Build.Dockerfiles.Lines;

/// <summary>Puts the physical lines of a Dockerfile together: continuations, comments between them, here-documents after them.</summary>
public sealed class LineReader(SourceText source, char escape)
{
    int _next;

    /// <summary>All instructions of the file in order; throws <see cref="DockerfileException"/>.</summary>
    public IReadOnlyList<LogicalLine> Read()
    {
        var lines = new List<LogicalLine>();
        while (_next < source.Lines.Count)
        {
            var text = source.Lines[_next].TrimStart();
            if (text.Length == 0 || text[0] == '#')
                _next++;
            else if (lines.Count == DockerfileLimits.Instructions)
                throw new DockerfileException(
                    $"more than {DockerfileLimits.Instructions} instructions",
                    source.Place(_next + 1, _next + 1)
                );
            else
                lines.Add(ReadLogical());
        }
        return lines.Count > 0 ? lines : throw new DockerfileException("file with no instructions");
    }

    LogicalLine ReadLogical()
    {
        var (first, text, hasEmpty) = (_next + 1, new StringBuilder(), false);
        var (part, continues) = Continued(source.Lines[_next++].TrimStart());
        text.Append(part);
        while (continues && _next < source.Lines.Count)
        {
            var line = source.Lines[_next++];
            var trimmed = line.AsSpan().TrimStart();
            // A comment, and (for now) a blank line, between continued lines is as if it were not there.
            if (trimmed.StartsWith("#"))
                continue;
            if (trimmed.Length == 0)
            {
                hasEmpty = true;
                continue;
            }
            (part, continues) = Continued(line);
            text.Append(part);
        }
        var logical = new LogicalLine
        {
            Text = text.ToString().Trim(),
            FirstLine = first,
            LastLine = _next,
            HasEmptyContinuation = hasEmpty,
        };
        return TakesHeredocs(logical) ? WithHeredocs(logical) : logical;
    }

    // A line goes on when its last visible character is the escape character, and that one is not escaped itself.
    (string Text, bool Continues) Continued(string line)
    {
        var end = line.Length;
        while (end > 0 && line[end - 1] is ' ' or '\t')
            end--;
        if (end == 0 || line[end - 1] != escape || end > 1 && line[end - 2] == escape)
            return (line, false);
        return (line[..(end - 1)], true);
    }

    // ONBUILD takes those of the instruction that it carries.
    static bool TakesHeredocs(LogicalLine line) =>
        line.Word.ToUpperInvariant() is "ADD" or "COPY" or "RUN"
        || line.Word.Equals("ONBUILD", StringComparison.OrdinalIgnoreCase)
            && (line with { Text = line.Rest }).Word.ToUpperInvariant() is "ADD" or "COPY" or "RUN";

    LogicalLine WithHeredocs(LogicalLine line)
    {
        IReadOnlyList<Heredoc> announced;
        try
        {
            announced = Heredoc.In(line.Text);
        }
        catch (InstructionException)
        {
            // Unbalanced quotes: the shell's affair for RUN, and no words to announce anything.
            return line;
        }
        if (announced.Count == 0)
            return line;
        if (announced.Count > DockerfileLimits.HeredocsPerInstruction)
            throw new DockerfileException(
                $"more than {DockerfileLimits.HeredocsPerInstruction} here-documents in one instruction",
                Place(line)
            );
        var documents = announced.Select(h => h with { Body = Body(h, line) }).ToArray();
        return line with { Heredocs = documents, LastLine = _next };
    }

    string Body(Heredoc heredoc, LogicalLine line)
    {
        var body = new StringBuilder();
        while (_next < source.Lines.Count)
        {
            var text = source.Lines[_next++];
            if ((heredoc.StripsTabs ? text.TrimStart('\t') : text) == heredoc.Name)
                return body.ToString();
            body.Append(text).Append('\n');
        }
        throw new DockerfileException("unterminated heredoc", source.Place(line.FirstLine, source.Lines.Count));
    }

    DockerfilePlace Place(LogicalLine line) => source.Place(line.FirstLine, line.LastLine);
}
