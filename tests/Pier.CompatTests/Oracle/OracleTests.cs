using System.Text;

namespace Pier.CompatTests.Oracle;

/// <summary>
/// The same requests to dockerd 20.10 and to Pier, at the API version that both speak: status, shape and error text are compared.
/// </summary>
public sealed class OracleTests(OraclePair pair) : IClassFixture<OraclePair>
{
    const string Version = "/v1.41";

    [SkippableFact]
    public async Task Answers_differ_only_where_there_is_a_reason()
    {
        Skip.If(DockerDaemon.Missing is not null, DockerDaemon.Missing);
        using var docker = new Wire(pair.Docker.Socket);
        using var pier = new Wire(pair.Pier.Socket);
        var kept = (Docker: new Dictionary<string, string>(), Pier: new Dictionary<string, string>());
        var found = new List<(string Exchange, string Difference)>();
        foreach (var exchange in Exchanges.All)
        {
            var theirs = await SendAsync(docker, exchange, kept.Docker);
            var ours = await SendAsync(pier, exchange, kept.Pier);
            found.AddRange(Compare(theirs, ours).Select(d => (exchange.ToString(), d)));
        }
        if (Environment.GetEnvironmentVariable("PIER_ORACLE_DUMP") is { Length: > 0 } dump)
            File.WriteAllLines(dump, found.Select(f => $"{f.Exchange}\t{f.Difference}"));
        var unexplained = found
            .Where(f => !Differences.All.Any(d => d.Covers(f.Exchange, f.Difference)))
            .Select(f => $"{f.Exchange}\n    {f.Difference}")
            .ToArray();
        Assert.True(
            unexplained.Length == 0,
            $"{unexplained.Length} differences without a reason in Differences.cs:\n{string.Join('\n', unexplained)}"
        );
        var gone = Differences.All.Where(d => !d.Passing && !found.Any(f => d.Covers(f.Exchange, f.Difference))).ToArray();
        Assert.True(gone.Length == 0, "no difference any more: " + string.Join('\n', gone.Select(g => g.ToString())));
    }

    [Fact]
    public void The_document_says_what_the_table_says()
    {
        var text = new StringBuilder(
            """
            # Where Pier answers differently from Docker

            Written by `OracleTests` (`PIER_GOLDEN=write`) from the table that the oracle suite holds against Debian's dockerd 20.10 at API 1.41
            (`tests/Pier.CompatTests/Oracle`). Whatever is not here is the same: status, shape and error text (but for upper and lower case) of about 300 requests.

            | request | difference | why |
            |---|---|---|

            """
        );
        foreach (var difference in Differences.All)
            text.Append($"| {Cell(difference.Exchange)} | {Cell(difference.What)} | {difference.Why} |\n");
        Golden.Check("docs/differences.md", text.ToString());
    }

    static string Cell(string pattern) => pattern.Length == 0 ? "any" : $"`{pattern.Replace("|", "\\|", StringComparison.Ordinal)}`";

    static async Task<WireAnswer> SendAsync(Wire wire, Exchange exchange, Dictionary<string, string> kept)
    {
        var path = exchange.Path;
        foreach (var (name, id) in kept)
            path = path.Replace($"{{{name}}}", id, StringComparison.Ordinal);
        var answer = await wire.SendAsync(exchange.Method, Version + path, exchange.Body);
        if (exchange.Keep is not null && answer.Json?["Id"]?.GetValue<string>() is { } made)
            kept[exchange.Keep] = made;
        return answer;
    }

    IEnumerable<string> Compare(WireAnswer theirs, WireAnswer ours)
    {
        if (theirs.Status != ours.Status)
        {
            yield return $"docker {theirs.Status} {Normal.Text(theirs.Message, pair.Docker)}, pier {ours.Status} {Normal.Text(ours.Message, pair.Pier)}".TrimEnd();
            yield break;
        }
        if (theirs.Message.Length + ours.Message.Length > 0)
        {
            var (their, our) = (Normal.Text(theirs.Message, pair.Docker), Normal.Text(ours.Message, pair.Pier));
            // Later Docker writes its errors in lower case.
            if (!string.Equals(their, our, StringComparison.OrdinalIgnoreCase))
                yield return $"docker says \"{their}\", pier says \"{our}\"";
            yield break;
        }
        // Streams of JSON lines and raw bytes have no one shape.
        if (theirs.Status >= 300 || theirs.Json is null || ours.Json is null)
            yield break;
        var (theirShape, ourShape) = (Normal.Shape(theirs.Json), Normal.Shape(ours.Json));
        foreach (var only in Lacking(theirShape, ourShape))
            yield return "docker alone has " + only;
        foreach (var only in Lacking(ourShape, theirShape))
            yield return "pier alone has " + only;
    }

    /// <summary>What one has and the other not; where one has nothing in a place, what is in it does not count.</summary>
    static IEnumerable<string> Lacking(SortedSet<string> has, SortedSet<string> lacks) =>
        has.Except(lacks)
            .Where(p =>
            {
                var place = p[..p.LastIndexOf(' ')];
                if (p.EndsWith(" nothing", StringComparison.Ordinal))
                    return !lacks.Any(l => l.StartsWith(place, StringComparison.Ordinal));
                for (var parent = place; parent.Length > 0; parent = parent[..Math.Max(parent.LastIndexOfAny(['/', '[']), 0)])
                    if (lacks.Contains(parent + " nothing"))
                        return false;
                return !lacks.Contains(" nothing");
            });
}
