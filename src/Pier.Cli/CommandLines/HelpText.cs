using System.Text;

namespace Pier.Cli.CommandLines;

/// <summary>Help in Docker's layout.</summary>
static class HelpText
{
    public static string Of(string program, CommandSpec command, int columns)
    {
        var text = new StringBuilder();
        text.Append($"Usage:  {program} {command.Name}").Append(command.Usage.Length > 0 ? " " + command.Usage : "").Append("\n\n");
        text.Append(command.Summary).Append('\n');
        if (command.Aliases.Length > 0)
            text.Append("\nAliases:\n  ").AppendJoin(", ", command.Aliases.Select(a => $"{program} {a}")).Append('\n');
        if (command.Options.Any(o => o.AliasOf is null))
        {
            text.Append("\nOptions:\n");
            AppendOptions(text, command.Options, columns);
        }
        return text.ToString();
    }

    /// <summary>The two columns of options; the right one wrapped.</summary>
    public static void AppendOptions(StringBuilder text, OptionSpec[] options, int columns)
    {
        var shown = options.Where(o => o.AliasOf is null).OrderBy(o => o.Long, StringComparer.Ordinal).ToArray();
        var left = shown.Select(o => (o.Short == '\0' ? "      " : $"  -{o.Short}, ") + "--" + o.Long + (o.IsFlag ? "" : " " + o.Type)).ToArray();
        var indent = left.Max(l => l.Length) + 3;
        for (var i = 0; i < shown.Length; i++)
        {
            text.Append(left[i].PadRight(indent));
            var first = true;
            foreach (var line in shown[i].Help.Split('\n').SelectMany(l => Wrap(l, columns - indent)))
            {
                if (!first) text.Append(' ', indent);
                first = false;
                text.Append(line).Append('\n');
            }
        }
    }

    /// <summary>Breaks at blanks before the width; what is at most five over the width is not worth a line of its own.</summary>
    static IEnumerable<string> Wrap(string line, int width)
    {
        const int slop = 5;
        width -= slop;
        while (line.Length > width + slop)
        {
            var at = line.AsSpan(0, width + 1).LastIndexOfAny(' ', '\t');
            if (at <= 0) at = line.AsSpan().IndexOfAny(' ', '\t');
            if (at <= 0) break;
            yield return line[..at].TrimEnd();
            line = line[(at + 1)..];
        }
        yield return line;
    }
}
