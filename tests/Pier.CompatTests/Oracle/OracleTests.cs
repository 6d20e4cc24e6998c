namespace Pier.CompatTests.Oracle;

/// <summary>
/// The same requests to a dockerd and to Pier, at the API version that both speak: status, shape and error text are compared.
/// </summary>
public abstract class OracleTests(OraclePair pair)
{
    [SkippableFact]
    public async Task Answers_differ_only_where_there_is_a_reason()
    {
        Skip.If(pair.Peer.Missing is not null, pair.Peer.Missing);
        using var docker = new Wire(pair.Docker.Socket);
        using var pier = new Wire(pair.Pier.Socket);
        var kept = (Docker: new Dictionary<string, string>(), Pier: new Dictionary<string, string>());
        var known = Differences.All.Where(d => d.Peers.HasFlag(pair.Peer.Peer)).ToArray();
        var found = new List<(string Exchange, string Difference)>();
        foreach (var exchange in Exchanges.For(pair.Peer))
        {
            var theirs = await SendAsync(docker, exchange, kept.Docker);
            var ours = await SendAsync(pier, exchange, kept.Pier);
            found.AddRange(Compare(theirs, ours).Select(d => (exchange.ToString(), d)));
        }
        if (Environment.GetEnvironmentVariable("PIER_ORACLE_DUMP") is { Length: > 0 } dump)
            File.WriteAllLines(dump, found.Select(f => $"{f.Exchange}\t{f.Difference}"));
        var unexplained = found
            .Where(f => !known.Any(d => d.Covers(f.Exchange, f.Difference)))
            .Select(f => $"{f.Exchange}\n    {f.Difference}")
            .ToArray();
        Assert.True(
            unexplained.Length == 0,
            $"{unexplained.Length} differences without a reason in Differences.cs:\n{string.Join('\n', unexplained)}"
        );
        var gone = known.Where(d => !d.Passing && !found.Any(f => d.Covers(f.Exchange, f.Difference))).ToArray();
        Assert.True(gone.Length == 0, "no difference any more: " + string.Join('\n', gone.Select(g => g.ToString())));
    }

    async Task<WireAnswer> SendAsync(Wire wire, Exchange exchange, Dictionary<string, string> kept)
    {
        var path = exchange.Path;
        foreach (var (name, id) in kept)
            path = path.Replace($"{{{name}}}", id, StringComparison.Ordinal);
        var answer = await wire.SendAsync(exchange.Method, pair.Peer.Version + path, exchange.Body);
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
            if (!string.Equals(their.Trim(), our.Trim(), StringComparison.OrdinalIgnoreCase))
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

/// <summary>Against Debian 12's dockerd.</summary>
public sealed class OldOracleTests(OldPair pair) : OracleTests(pair), IClassFixture<OldPair>;

/// <summary>Against Debian 13's dockerd, or a newer one.</summary>
public sealed class NewerOracleTests(NewerPair pair) : OracleTests(pair), IClassFixture<NewerPair>;
