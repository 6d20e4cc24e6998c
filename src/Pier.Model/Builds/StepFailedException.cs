namespace Pier.Model.Builds;

/// <summary>A RUN step's process ended with another code than 0. The message is Docker's.</summary>
public sealed class StepFailedException(string command, int exitCode, Digest vertex)
    : EngineException($"The command '{command}' returned a non-zero code: {exitCode}")
{
    /// <summary>"/bin/sh -c make".</summary>
    public string Command { get; } = command;
    public int ExitCode { get; } = exitCode;

    /// <summary>The vertex as the events name it.</summary>
    public Digest Vertex { get; } = vertex;
}
