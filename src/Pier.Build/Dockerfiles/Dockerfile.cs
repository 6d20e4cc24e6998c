using System.Text;
using Pier.Build.Dockerfiles.Instructions;
using Pier.Build.Dockerfiles.Lines;
using Pier.Build.Dockerfiles.Parsing;
using Pier.Model.Builds;

namespace Pier.Build.Dockerfiles;

/// <summary>A Dockerfile as it is written: directives, arguments before the first stage, stages.</summary>
public sealed record Dockerfile
{
    public required SourceText Source { get; init; }
    public required ParserDirectives Directives { get; init; }
    public required IReadOnlyList<ArgInstruction> GlobalArguments { get; init; }
    public required IReadOnlyList<Stage> Stages { get; init; }

    /// <summary>Instructions that have a blank line among their continued lines.</summary>
    public required IReadOnlyList<LogicalLine> LinesWithEmptyContinuation { get; init; }

    /// <summary>Parses; throws <see cref="DockerfileException"/>.</summary>
    public static Dockerfile Parse(string fileName, ReadOnlySpan<byte> text)
    {
        var source = SourceText.From(fileName, text);
        if (source.Lines.Count == 0)
            throw new DockerfileException($"the Dockerfile ({fileName}) cannot be empty");
        var directives = ParserDirectives.Read(source);
        var lines = new LineReader(source, directives.Escape).Read();
        var (globals, stages) = (new List<ArgInstruction>(), new List<Stage>());
        foreach (var line in lines)
        {
            switch (Instruction(source, line, directives.Escape))
            {
                case FromInstruction from:
                    stages.Add(new Stage(stages.Count, from, []));
                    break;
                case ArgInstruction arg when stages.Count == 0:
                    globals.Add(arg);
                    break;
                case var _ when stages.Count == 0:
                    throw new DockerfileException("no build stage in current context", source.Place(line.FirstLine, line.LastLine));
                case var instruction:
                    stages[^1].Instructions.Add(instruction);
                    break;
            }
        }
        if (stages.Count == 0)
            throw new DockerfileException("dockerfile contains no stages to build");
        return new Dockerfile
        {
            Source = source,
            Directives = directives,
            GlobalArguments = globals,
            Stages = stages,
            LinesWithEmptyContinuation = [.. lines.Where(l => l.HasEmptyContinuation)],
        };
    }

    /// <summary>Parses an instruction that a base image left for its builds (ONBUILD); throws <see cref="DockerfileException"/>.</summary>
    public static Instruction ParseTrigger(string text, FromInstruction from, SourceText source, char escape)
    {
        var heading = from.Heading;
        var lines = new LineReader(SourceText.From("ONBUILD", Encoding.UTF8.GetBytes(text)), escape).Read();
        if (lines is not [var line])
            throw new DockerfileException(
                "an ONBUILD trigger of the base image has several instructions",
                source.Place(heading.FirstLine, heading.LastLine)
            );
        return Instruction(source, line with { FirstLine = heading.FirstLine, LastLine = heading.LastLine }, escape);
    }

    static Instruction Instruction(SourceText source, LogicalLine line, char escape)
    {
        try
        {
            return InstructionParser.Parse(line, escape);
        }
        catch (InstructionException e)
        {
            var place = source.Place(line.FirstLine, line.LastLine, e.Word);
            throw new DockerfileException($"dockerfile parse error on line {line.FirstLine}: {e.Message}", place, e);
        }
    }
}

/// <summary>FROM and what follows it.</summary>
/// <param name="Index">From 0.</param>
public sealed record Stage(int Index, FromInstruction From, List<Instruction> Instructions);
