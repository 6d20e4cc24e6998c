using Pier.Linux;
using Pier.Linux.Launch;
using Pier.Model;
using Pier.Runtime.Compile;

namespace Pier.Runtime;

/// <summary>Tells a failed op in words: which part of the spec, which call, which errno.</summary>
public static class LaunchError
{
    /// <summary>
    /// For example "mounts[3] /proc: mount: operation not permitted", or Docker's words for a command that cannot be executed.
    /// </summary>
    public static string Describe(LaunchProgram program, int op, int errno) => Explain(program, op, errno).Message;

    /// <summary>
    /// The start's failure as clients see it; the exit code is 126, 127 or, when the engine itself failed, 128 in the stored state and 125
    /// for the command line.
    /// </summary>
    public static StartFailedException Start(LaunchProgram program, int op, int errno)
    {
        var (message, exitCode) = Explain(program, op, errno);
        return new StartFailedException(
            $"failed to create task for container: unable to start container process: {message}: unknown",
            exitCode
        );
    }

    /// <summary>As <see cref="Start"/>, for an exec.</summary>
    public static StartFailedException Exec(LaunchProgram program, int op, int errno)
    {
        var (message, exitCode) = Explain(program, op, errno);
        return new StartFailedException(
            $"OCI runtime exec failed: exec failed: unable to start container process: {message}: unknown",
            exitCode
        );
    }

    const string Hint =
        ": Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type";

    // man 2 move_mount has no word for it: a file over a directory is EINVAL (fs/namespace.c, do_move_mount).
    static bool Mismatched(string call, int errno) => errno == Errno.ENOTDIR || (errno == Errno.EINVAL && call == "move_mount");

    static (string Message, int ExitCode) Explain(LaunchProgram program, int op, int errno)
    {
        if (op < 0 || op >= program.Ops.Count)
            return ($"the launcher failed: {Errno.Describe(errno)}", 125);
        var subject = program.Subjects[op];
        var text = Errno.Describe(errno);
        if (ExecSubject.Describe(subject, errno, text) is { } told)
            return told;
        if (subject.StartsWith("process.cwd ", StringComparison.Ordinal))
            return (
                $"chdir to cwd (\"{subject["process.cwd ".Length..]}\") set in config.json failed: {text}",
                errno == Errno.ENOENT ? 127 : 126
            );
        var call = SyscallTable.Name(program.Ops[op].Number) ?? "clone";
        var message = $"{subject}: {call}: {text}";
        return (subject.StartsWith("mounts[", StringComparison.Ordinal) && Mismatched(call, errno) ? message + Hint : message, 125);
    }
}
