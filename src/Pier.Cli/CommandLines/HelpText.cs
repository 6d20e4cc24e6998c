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
        if (command.Details.Length > 0)
            text.Append('\n').Append(command.Details.Replace("{0}", $"{program} {command.Name}", StringComparison.Ordinal)).Append('\n');
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
        var left = shown
            .Select(o => (o.Short == '\0' ? "      " : $"  -{o.Short}, ") + "--" + o.Long + (o.IsFlag ? "" : " " + o.Type))
            .ToArray();
        var indent = left.Max(l => l.Length) + 3;
        for (var i = 0; i < shown.Length; i++)
        {
            text.Append(left[i].PadRight(indent));
            AppendWrapped(text, shown[i].Help, indent, columns - 1);
        }
    }

    /// <summary>
    /// pflag's wrapping, which Docker's help has: at the last blank within the width, but at the last line break before it where there is
    /// one; what is at most five characters too long is left as it is.
    /// </summary>
    static void AppendWrapped(StringBuilder text, string help, int indent, int columns)
    {
        const int slop = 5;
        var width = columns - indent - slop;
        var margin = "\n" + new string(' ', indent);
        while (true)
        {
            var cut = help.Length < width + slop ? 0 : CutAt(help.AsSpan(0, width));
            text.Append((cut <= 0 ? help : help[..cut]).Replace("\n", margin, StringComparison.Ordinal));
            if (cut <= 0)
                break;
            text.Append(margin);
            help = help[(cut + 1)..];
        }
        text.Append('\n');
    }

    static int CutAt(ReadOnlySpan<char> line)
    {
        var blank = line.LastIndexOfAny(" \t\n");
        var lineBreak = line.LastIndexOf('\n');
        return lineBreak > 0 && lineBreak < blank ? lineBreak : blank;
    }
}
