namespace Pier.Contracts;

/// <summary>One of POST /build's "outputs": an exporter and its options.</summary>
public sealed record BuildOutput
{
    public string Type { get; init; } = "";
    public Dictionary<string, string>? Attrs { get; init; }
}
