namespace Pier.Linux;

/// <summary>
/// A system call said no. It names the call, the errno and what the call was about (a path, a container's key, a spec
/// path). It never leaves Runtime, Store or Network: each translates it once at its border into an EngineException.
/// </summary>
public sealed class LinuxException(string call, int errno, string? subject = null) : Exception(Describe(call, errno, subject))
{
    /// <summary>The call's name as in man section 2, for example "mount".</summary>
    public string Call { get; } = call;

    /// <summary>The positive errno.</summary>
    public int Errno { get; } = errno;

    /// <summary>What the call was about, or null.</summary>
    public string? Subject { get; } = subject;

    static string Describe(string call, int errno, string? subject) =>
        subject is null ? $"{call}: {Linux.Errno.Describe(errno)}" : $"{call} {subject}: {Linux.Errno.Describe(errno)}";
}
