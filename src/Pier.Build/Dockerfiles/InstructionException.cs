namespace Pier.Build.Dockerfiles;

/// <summary>
/// An error inside of one instruction that does not know its place yet. <see cref="DockerfileException"/> is what leaves this room.
/// </summary>
public sealed class InstructionException(string message, string? word = null) : Exception(message)
{
    /// <summary>The word that is wrong, as it is written, or null.</summary>
    public string? Word { get; } = word;
}
