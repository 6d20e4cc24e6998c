using Pier.Build.Graph;
using Pier.Build.Solver;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Engine.Builds;

/// <summary>Remembers of a build what tells where in the file it failed.</summary>
sealed class FailureTrace(string fileName)
{
    byte[]? _text;
    IEnumerable<BuildInstruction> _instructions = [];
    VertexNames _names = new();
    Digest? _failed;

    /// <summary>The Dockerfile's bytes.</summary>
    public void Read(byte[] text) => _text = text;

    public ReadOnlyMemory<byte> Text => _text;

    public void Plan(IReadOnlyList<BuildPlan> plans, VertexNames names) =>
        (_instructions, _names) = (plans.SelectMany(p => p.Instructions), names);

    /// <summary>The first step that fails is the one that is meant.</summary>
    public void Take(BuildEvent happened)
    {
        if (happened is VertexEvent { Error: not null } step)
            _failed ??= step.Vertex;
    }

    /// <summary>Where, or null when it is not the file's affair.</summary>
    public BuildFailure? Place(EngineException error)
    {
        if (_text is null)
            return null;
        if (error is DockerfileException { Place: { } place })
            return new BuildFailure(fileName, _text, place.FirstLine, place.LastLine, null);
        return _failed is { } failed && _instructions.FirstOrDefault(i => i.ChangesTree && _names.Of(i.Result) == failed) is { } instruction
            ? new BuildFailure(fileName, _text, instruction.Line, instruction.LastLine, failed)
            : null;
    }
}
