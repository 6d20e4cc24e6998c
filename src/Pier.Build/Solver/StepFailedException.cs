using Pier.Model;

namespace Pier.Build.Solver;

/// <summary>A RUN step's process ended with another code than 0. The message is Docker's: "The command '/bin/sh -c false' returned a non-zero code: 1".</summary>
public sealed class StepFailedException(string command, int exitCode, Digest vertex)
    : Exception($"The command '{command}' returned a non-zero code: {exitCode}")
{
    public string Command { get; } = command;
    public int ExitCode { get; } = exitCode;

    /// <summary>The vertex as the events name it.</summary>
    public Digest Vertex { get; } = vertex;
}
