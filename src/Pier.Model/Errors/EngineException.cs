namespace Pier.Model;

/// <summary>
/// What went wrong, in the words that a Docker user knows. Rooms translate their own errors into this family once, at their
/// border; each transport maps the family once (HTTP status, exit code).
/// </summary>
public abstract class EngineException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>No such object: 404.</summary>
public sealed class NotFoundException(string message, Exception? inner = null) : EngineException(message, inner);

/// <summary>The object's state or another object forbids it now: 409.</summary>
public sealed class ConflictException(string message, Exception? inner = null) : EngineException(message, inner);

/// <summary>The request is wrong whatever the state: 400.</summary>
public sealed class InvalidParameterException(string message, Exception? inner = null) : EngineException(message, inner);

/// <summary>The state is already what was asked for: 304 in the Docker API.</summary>
public sealed class NotModifiedException(string message, Exception? inner = null) : EngineException(message, inner);

/// <summary>Understood and refused: 403.</summary>
public sealed class ForbiddenException(string message, Exception? inner = null) : EngineException(message, inner);

/// <summary>Credentials are missing or wrong: 401.</summary>
public sealed class UnauthorizedException(string message, Exception? inner = null) : EngineException(message, inner);

/// <summary>Cannot be done now, may go later: 503.</summary>
public sealed class UnavailableException(string message, Exception? inner = null) : EngineException(message, inner);

/// <summary>Pier, or this host's kernel, does not do this; the message says which: 501 or 400 as Docker answers.</summary>
public sealed class UnsupportedException(string message, Exception? inner = null) : EngineException(message, inner);

/// <summary>The host failed us (disk full, an I/O error, a broken kernel interface): 500.</summary>
public sealed class HostFailureException(string message, Exception? inner = null) : EngineException(message, inner);

/// <summary>
/// A container's process could not be started. Docker's clients end with <see cref="ExitCode"/>: 127 when the command was not found,
/// 126 when it could not be executed, 125 for the engine's own failures (128 stands in the stored state for the latter).
/// </summary>
public sealed class StartFailedException(string message, int exitCode, Exception? inner = null) : EngineException(message, inner)
{
    /// <summary>125, 126 or 127.</summary>
    public int ExitCode { get; } = exitCode;
}
