using System.Text.Json.Nodes;

namespace Pier.CompatTests.Schema;

/// <summary>Every JSON answer of every endpoint against Docker's own description of it.</summary>
public sealed class AnswersTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    /// <summary>Where Pier's answers differ from the file as Docker's own do, and why. A place ends in "*" for all below it.</summary>
    static readonly Dictionary<string, string> Known = new()
    {
        ["POST /auth 503"] = "a registry that cannot be reached is not this daemon's failure",
        ["GET /images/{name}/get 404"] = "the file forgets that an image may be missing; dockerd answers 404 too",
        ["POST /exec/{id}/resize 409"] = "the file forgets an exec that has ended",
        ["GET /containers/{id}/json 200/HostConfig/MemorySwappiness"] = "a pointer in dockerd: null where nothing is set",
        ["GET /exec/{id}/json 200/ExitCode"] = "a pointer in dockerd: null while the exec has not ended",
        ["GET /events 200/status"] = "the words of API 1.21 and before, which dockerd still sends",
        ["GET /events 200/id"] = "the same",
        ["POST /images/create 500"] = "a registry that is not there, which is asked for on purpose",
        ["GET /distribution/{name}/json 500"] = "the same",
        ["GET /events 200/from"] = "the same",
    };

    /// <summary>Endpoints of rooms that are not in every build yet: they are validated where they are, and not asked for.</summary>
    static readonly string[] MayBeAbsent =
    [
        "/networks",
        "/build",
        "/session",
        "/distribution",
        "/images/search",
        "/plugins",
        "/swarm",
        "/nodes",
        "/services",
        "/tasks",
        "/secrets",
        "/configs",
        "/containers/{id}/attach/ws",
        "/volumes/{name}",
    ];

    [SkippableFact]
    public async Task Every_answer_has_the_shape_that_the_schema_gives_it()
    {
        var schema = ApiSchema.LoadOrSkip();
        using var wire = new Wire(daemon.Socket);
        var tour = new EndpointTour(wire, schema);
        await tour.RunAsync();
        var left = tour.Problems.Where(p => !Known.Keys.Any(k => Covers(k, p))).Distinct().ToArray();
        Assert.True(left.Length == 0, string.Join('\n', left));
        foreach (var known in Known.Keys)
            Assert.True(tour.Problems.Any(p => Covers(known, p)), $"{known} is not a difference any more");
        var missed = schema.Operations.Where(o =>
            !tour.Seen.Contains(o.ToString()) && !MayBeAbsent.Any(m => o.Path.StartsWith(m, StringComparison.Ordinal))
        );
        Assert.Empty(missed.Select(o => o.ToString()));
    }

    static bool Covers(string known, string problem)
    {
        var place = problem[..problem.IndexOf(": ", StringComparison.Ordinal)];
        return known.EndsWith('*') ? place.StartsWith(known[..^1], StringComparison.Ordinal) : place == known;
    }
}
