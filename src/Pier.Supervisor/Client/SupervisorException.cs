namespace Pier.Supervisor;

/// <summary>Why the supervisor refused a request.</summary>
public enum SupervisorError
{
    /// <summary>No process has the key.</summary>
    NoSuchKey,

    /// <summary>A process has the key already.</summary>
    KeyInUse,

    /// <summary>Not while the process lives.</summary>
    StillRunning,

    /// <summary>The process has ended.</summary>
    Ended,

    /// <summary>The request makes no sense.</summary>
    Invalid,

    /// <summary>The host refused something (<see cref="SupervisorException.Errno"/>).</summary>
    HostFailed,

    /// <summary>The supervisor went away and the request was not done, or nobody knows.</summary>
    Lost,
}

/// <summary>A request was refused.</summary>
public class SupervisorException(SupervisorError error, string message, int errno = 0) : Exception(message)
{
    public SupervisorError Error { get; } = error;

    /// <summary>The errno behind <see cref="SupervisorError.HostFailed"/>, or 0.</summary>
    public int Errno { get; } = errno;
}

/// <summary>An op of a launch program failed: what it was about stands in the program's subjects.</summary>
public sealed class LaunchFailedException(string key, int op, int errno)
    : SupervisorException(SupervisorError.HostFailed, $"launch of {key} failed at op {op}: {Linux.Errno.Describe(errno)}", errno)
{
    /// <summary>Index of the op.</summary>
    public int Op { get; } = op;
}
