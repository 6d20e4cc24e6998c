namespace Pier.Model.Builds;

/// <summary>A RUN step's process ended with another code than 0. The message is Docker's.</summary>
public sealed class StepFailedException(IReadOnlyList<string> arguments, int exitCode, Digest vertex)
    : EngineException($"The command '{string.Join(' ', arguments)}' returned a non-zero code: {exitCode}")
{
    /// <summary>["/bin/sh", "-c", "make"].</summary>
    public IReadOnlyList<string> Arguments { get; } = arguments;
    public int ExitCode { get; } = exitCode;

    /// <summary>The same in BuildKit's words.</summary>
    public string Detail => $"process \"{string.Join(' ', Arguments)}\" did not complete successfully: exit code: {ExitCode}";

    /// <summary>The vertex as the events name it.</summary>
    public Digest Vertex { get; } = vertex;
}
