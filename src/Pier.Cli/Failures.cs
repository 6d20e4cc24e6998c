namespace Pier.Cli;

/// <summary>The command failed: the message goes to standard error, the code is the process's.</summary>
class CliFailure(string message, int code = 1) : Exception(message)
{
    public int Code { get; } = code;
}

/// <summary>Nobody answers at the daemon's address.</summary>
sealed class DaemonUnreachable(string message) : CliFailure(message);

/// <summary>The daemon answered with an error.</summary>
sealed class DaemonError(int status, string message) : CliFailure("Error response from daemon: " + message)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The daemon's words alone.</summary>
    public string Reason { get; } = message;
}

/// <summary>The command line is wrong: usage follows the message.</summary>
sealed class UsageFailure(string message, int code = 125, string hint = "Run") : CliFailure(message, code)
{
    /// <summary>How the last line begins: "Run" or "See".</summary>
    public string Hint { get; } = hint;
}
