using Pier.Build.Dockerfiles.Instructions;
using Pier.Build.Graph;

namespace Pier.Build.Frontend;

/// <summary>A COPY or ADD with its values expanded.</summary>
sealed record CopyRequest(CopyInstruction Instruction)
{
    public required string Destination { get; init; }
    public required string Owner { get; init; }
    public required string? Mode { get; init; }
    public required IReadOnlyList<string> Excludes { get; init; }
    public string? Checksum { get; init; }

    public CopyAction Action(Vertex from, IReadOnlyList<string> sources, bool unpack) =>
        new()
        {
            From = from,
            Sources = sources,
            Destination = Destination,
            Owner = Owner,
            Mode = Mode,
            Unpack = unpack,
            KeepParents = Instruction.Parents,
            Excludes = Excludes,
            Instruction = Instruction.Word,
        };
}
