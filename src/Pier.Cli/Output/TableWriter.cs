using System.Text;

namespace Pier.Cli;

/// <summary>Columns as Go's tabwriter lays them out: as wide as their widest cell and a padding, the last one as it is.</summary>
sealed class TableWriter(int minimumWidth = 10, int padding = 3)
{
    readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public void WriteTo(TextWriter target)
    {
        var columns = _rows.Count == 0 ? 0 : _rows.Max(r => r.Length);
        var widths = new int[columns];
        for (var column = 0; column < columns; column++)
        {
            widths[column] = minimumWidth;
            foreach (var row in _rows)
                if (column < row.Length - 1)
                    widths[column] = Math.Max(widths[column], Width(row[column]) + padding);
        }
        var line = new StringBuilder();
        foreach (var row in _rows)
        {
            line.Clear();
            for (var column = 0; column < row.Length; column++)
            {
                line.Append(row[column]);
                if (column < row.Length - 1)
                    line.Append(' ', Math.Max(0, widths[column] - Width(row[column])));
            }
            target.Write(line.Append('\n'));
        }
    }

    /// <summary>Code points, as tabwriter counts.</summary>
    static int Width(string text)
    {
        var width = 0;
        foreach (var _ in text.EnumerateRunes())
            width++;
        return width;
    }
}
