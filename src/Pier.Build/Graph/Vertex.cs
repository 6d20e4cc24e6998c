namespace Pier.Build.Graph;

/// <summary>
/// One node of a build: what it makes is a file tree. Vertices are immutable and know their inputs; equal definitions over equal inputs are
/// the same work, whichever build asks for it.
/// </summary>
public abstract class Vertex
{
    /// <summary>What progress shows: "[build 2/5] RUN make".</summary>
    public required string Name { get; init; }

    /// <summary>The trees that this one is made of, the base (if any) first.</summary>
    public abstract IReadOnlyList<Vertex> Inputs { get; }

    /// <summary>Work that is done again whatever the cache holds (--no-cache, --no-cache-filter).</summary>
    public bool IgnoreCache { get; init; }
}
