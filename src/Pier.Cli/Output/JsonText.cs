using System.Text;

namespace Pier.Cli;

/// <summary>Indents JSON as Go's json.Indent with four blanks does: the bytes of values are left as the daemon sent them.</summary>
static class JsonText
{
    public static string Indent(ReadOnlySpan<byte> json)
    {
        var source = Encoding.UTF8.GetString(json);
        var target = new StringBuilder(source.Length * 2);
        var depth = 0;
        for (var i = 0; i < source.Length; i++)
        {
            var c = source[i];
            if (c == '"')
            {
                i = CopyString(source, i, target);
                continue;
            }
            switch (c)
            {
                case '{' or '[':
                    var next = i + 1;
                    while (next < source.Length && char.IsWhiteSpace(source[next]))
                        next++;
                    target.Append(c);
                    if (next < source.Length && source[next] is '}' or ']')
                    {
                        target.Append(source[next]);
                        i = next;
                        break;
                    }
                    NewLine(target, ++depth);
                    break;
                case '}' or ']':
                    NewLine(target, --depth);
                    target.Append(c);
                    break;
                case ',':
                    target.Append(c);
                    NewLine(target, depth);
                    break;
                case ':':
                    target.Append(": ");
                    break;
                case var blank when char.IsWhiteSpace(blank):
                    break;
                default:
                    target.Append(c);
                    break;
            }
        }
        return target.ToString();
    }

    static int CopyString(string source, int start, StringBuilder target)
    {
        var end = start + 1;
        while (end < source.Length && source[end] != '"')
            end += source[end] == '\\' ? 2 : 1;
        target.Append(source, start, Math.Min(end + 1, source.Length) - start);
        return end;
    }

    static void NewLine(StringBuilder target, int depth) => target.Append('\n').Append(' ', depth * 4);
}
