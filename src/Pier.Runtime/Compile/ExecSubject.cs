namespace Pier.Runtime.Compile;

/// <summary>Subjects of the ops that look for and execute the command; errors are told in Docker's words by them.</summary>
static class ExecSubject
{
    const string SearchPrefix = "process.args search ",
        StatPrefix = "process.args stat ",
        PermissionPrefix = "process.args permission ",
        DirectoryPrefix = "process.args directory ",
        ExecutePrefix = "process.args execute ";

    public static string Search(string name) => SearchPrefix + name;

    public static string Stat(string path) => StatPrefix + path;

    public static string Permission(string path) => PermissionPrefix + path;

    public static string Directory(string path) => DirectoryPrefix + path;

    public static string Execute(string path) => ExecutePrefix + path;

    /// <summary>The message and exit code (man 1 docker-run, "Exit Status"), or null when the subject is none of these.</summary>
    public static (string Message, int ExitCode)? Describe(string subject, int errno, string errnoText)
    {
        if (Rest(subject, SearchPrefix) is { } name)
            return ($"exec: {Quote(name)}: executable file not found in $PATH", 127);
        if (Rest(subject, StatPrefix) is { } stat)
            return errno == Linux.Errno.EACCES
                ? ($"exec: {Quote(stat)}: permission denied", 126)
                : ($"exec: {Quote(stat)}: stat {stat}: {errnoText}", 127);
        if (Rest(subject, PermissionPrefix) is { } denied)
            return ($"exec: {Quote(denied)}: {errnoText}", 126);
        if (Rest(subject, DirectoryPrefix) is { } directory)
            return ($"exec: {Quote(directory)}: is a directory", 126);
        if (Rest(subject, ExecutePrefix) is { } path)
            return ($"exec {path}: {errnoText}", errno == Linux.Errno.ENOENT ? 127 : 126);
        return null;
    }

    static string? Rest(string subject, string prefix) =>
        subject.StartsWith(prefix, StringComparison.Ordinal) ? subject[prefix.Length..] : null;

    static string Quote(string text) => "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"";
}
