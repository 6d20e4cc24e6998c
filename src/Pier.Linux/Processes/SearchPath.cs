namespace Pier.Linux.Processes;

/// <summary>Programs by name, as a shell finds them (POSIX, 8.3, PATH).</summary>
public static class SearchPath
{
    const string Default = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>The path of a program; null when there is none of that name. A name with a slash is a path already.</summary>
    public static string? Find(string program) =>
        program.Contains('/')
            ? program
            : (Environment.GetEnvironmentVariable("PATH") ?? Default)
                .Split(':')
                .Select(directory => Path.Combine(directory, program))
                // Never from the working directory.
                .FirstOrDefault(path => Path.IsPathRooted(path) && File.Exists(path));
}
