using System.Text;

namespace Pier.CompatTests.Oracle;

/// <summary>docs/differences.md, from the table of differences.</summary>
public sealed class DifferencesDocumentTests
{
    [Fact]
    public void The_document_says_what_the_table_says()
    {
        var text = new StringBuilder(
            """
            # Where Pier answers differently from Docker

            Written by `DifferencesDocumentTests` (`PIER_GOLDEN=write`) from the table that the oracle suite (`tests/Pier.CompatTests/Oracle`) holds against
            Debian 13's dockerd 26.1 at API 1.45, by hand against 28.5 at API 1.51 (`PIER_NEWER=TREE`, a directory of unpacked packages), and against
            Debian 12's dockerd 20.10 at API 1.41. Whatever is not here is the same: status, shape and error text (but for upper and lower case) of about 500 requests.

            ## Docker 26.1 and 28.5

            """
        );
        Table(text, Differences.All.Where(d => (d.Peers & Peers.Later) != 0));
        text.Append("\n## Docker 20.10 alone\n\n");
        Table(text, Differences.All.Where(d => (d.Peers & Peers.Later) == 0));
        Golden.Check("docs/differences.md", text.ToString());
    }

    static void Table(StringBuilder text, IEnumerable<Difference> differences)
    {
        text.Append("| request | difference | why |\n|---|---|---|\n");
        foreach (var difference in differences)
            text.Append($"| {Cell(difference.Exchange)} | {Cell(difference.What)} | {Only(difference.Peers)}{difference.Why} |\n");
    }

    static string Only(Peers peers) =>
        (peers & Peers.Later) switch
        {
            Peers.Debian13 => "26.1: ",
            Peers.Latest => "28.5: ",
            _ => "",
        };

    static string Cell(string pattern) => pattern.Length == 0 ? "any" : $"`{pattern.Replace("|", "\\|", StringComparison.Ordinal)}`";
}
