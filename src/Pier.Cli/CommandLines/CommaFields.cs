using System.Text;

namespace Pier.Cli.CommandLines;

/// <summary>The fields of an option's value, as in CSV: one in double quotes may hold commas and doubled quotes.</summary>
static class CommaFields
{
    public static IEnumerable<string> Split(string text)
    {
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '"')
            {
                if (quoted && i + 1 < text.Length && text[i + 1] == '"')
                    field.Append(text[i++]);
                else
                    quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                yield return field.ToString();
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }
        yield return field.ToString();
    }
}
