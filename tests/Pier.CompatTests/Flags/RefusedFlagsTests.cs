using System.Text;

namespace Pier.CompatTests.Flags;

/// <summary>docs/refused-flags.md is written from the table (PIER_GOLDEN=write) and must match it.</summary>
public sealed class RefusedFlagsTests
{
    [Fact]
    public void The_document_says_what_the_table_says()
    {
        var text = new StringBuilder(
            """
            # What of docker's flags is refused

            Written by `RefusedFlagsTests` (`PIER_GOLDEN=write`) from the table that the tests run (`tests/Pier.CompatTests/Flags/RunFlags.cs`). Every other flag of
            `docker run` and `docker create` does what it says.

            ## Refused

            | flag | answer | why |
            |---|---|---|

            """
        );
        foreach (var row in RunFlags.All.Where(r => r is { Refusal: not null, Reason: not null }))
            text.Append($"| `{row}` | {row.Refusal} | {row.Reason} |\n");
        text.Append(
            """

            ## Discarded with a warning, as in Docker

            A limit that this host's kernel cannot put into force is taken out of the container and the client prints a warning.

            | flag | warning |
            |---|---|

            """
        );
        foreach (var row in RunFlags.All.Where(r => r.Warning is not null))
            text.Append($"| `{row}` | {row.Warning} |\n");
        Golden.Check("docs/refused-flags.md", text.ToString());
    }
}
