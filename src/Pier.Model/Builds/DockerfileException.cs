namespace Pier.Model.Builds;

/// <summary>
/// A Dockerfile that cannot be built, at a place: 400. The message is Docker's ("dockerfile parse error on line 3: unknown instruction:
/// FOO");
/// the excerpt shows the lines, as BuildKit's clients do.
/// </summary>
public sealed class DockerfileException(string message, DockerfilePlace? place = null, Exception? inner = null)
    : EngineException(message, inner)
{
    /// <summary>Where, or null when the file as a whole is meant.</summary>
    public DockerfilePlace? Place { get; } = place;
}

/// <summary>
/// Lines of a Dockerfile, counted from 1, both ends included; the column (from 1, in characters) is on the line it belongs to.
/// </summary>
public sealed record DockerfilePlace(string FileName, int FirstLine, int LastLine, int Line, int Column)
{
    /// <summary>The lines with some around them and ">>>" before the ones that are meant; several lines, ending in a newline.</summary>
    public required string Excerpt { get; init; }
}
