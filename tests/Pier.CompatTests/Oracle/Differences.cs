namespace Pier.CompatTests.Oracle;

/// <summary>A known difference: parts of the request and of the difference ("" for any), and the reason.</summary>
/// <param name="Passing">It may be gone in another build (a room under construction) or on another host.</param>
/// <param name="Client">It is about a client's output.</param>
sealed record Difference(string Exchange, string What, string Why, bool Passing = false, bool Client = false)
{
    public bool Covers(string exchange, string difference) =>
        !Client && exchange.Contains(Exchange, StringComparison.Ordinal) && difference.Contains(What, StringComparison.Ordinal);
}

static class Differences
{
    public static IReadOnlyList<Difference> All { get; } =
    [
    ];
}
