using System.Diagnostics;

namespace Pier.Bench;

/// <summary>Runs programs to their end, bounded in time.</summary>
static class Shell
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Runs a program; throws with its output when it fails.</summary>
    public static string Run(IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment = null)
    {
        var (exit, output) = Try(command, environment);
        return exit == 0 ? output : throw new InvalidOperationException($"{string.Join(' ', command)}: exit {exit}: {output.Trim()}");
    }

    /// <summary>Runs a program; its exit code and both outputs. A program that takes too long is killed: exit -1.</summary>
    public static (int Exit, string Output) Try(IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment = null)
    {
        using var process = Process.Start(Describe(command, environment))!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            return (-1, "timed out");
        }

        return (process.ExitCode, output.Result + error.Result);
    }

    public static ProcessStartInfo Describe(IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in command.Skip(1))
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return start;
    }
}
