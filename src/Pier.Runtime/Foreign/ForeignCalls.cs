using System.Diagnostics;
using System.Text.Json;
using Pier.Linux.Processes;
using Pier.Model;

namespace Pier.Runtime.Foreign;

/// <summary>Command lines of another runtime, and what it says when it fails.</summary>
static class ForeignCalls
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The words of a command, with where state and complaints go.</summary>
    public static IReadOnlyList<string> Words(Bundle bundle, params ReadOnlySpan<string> command) =>
        [
            Resolve(bundle.Command.Path),
            .. bundle.Command.Arguments,
            "--root",
            bundle.State,
            "--log",
            bundle.Log,
            "--log-format",
            "json",
            .. command,
        ];

    /// <summary>Runs a short command to its end; a failure is a HostFailureException with its words.</summary>
    public static async Task RunAsync(Bundle bundle, params string[] command)
    {
        var words = Words(bundle, command);
        var start = new ProcessStartInfo(words[0], words.Skip(1))
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        using var process = Start(start);
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = await process.StandardError.ReadToEndAsync(limit.Token).ConfigureAwait(false);
            await output.ConfigureAwait(false);
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            if (process.ExitCode != 0)
                throw new HostFailureException($"{command[0]}: {Complaint(bundle) ?? error.Trim()}");
        }
        catch (OperationCanceledException e)
        {
            process.Kill();
            throw new HostFailureException($"{words[0]} {command[0]} did not end within {Limit.TotalSeconds} s", e);
        }
    }

    static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new HostFailureException($"cannot run {start.FileName}: {e.Message}", e);
        }
    }

    /// <summary>The last error of the runtime's log; null when there is none.</summary>
    public static string? Complaint(Bundle bundle)
    {
        if (!File.Exists(bundle.Log))
            return null;
        string? last = null;
        foreach (var line in File.ReadLines(bundle.Log))
        {
            try
            {
                using var entry = JsonDocument.Parse(line);
                if (
                    entry.RootElement.TryGetProperty("level", out var level)
                    && level.GetString() is "error" or "fatal"
                    && entry.RootElement.TryGetProperty("msg", out var message)
                )
                    last = message.GetString();
            }
            catch (JsonException)
            {
                last = line;
            }
        }
        return last;
    }

    /// <summary>Docker's words and exit code for a start that failed.</summary>
    public static StartFailedException Failed(string what, string message)
    {
        var code =
            message.Contains("executable file not found", StringComparison.Ordinal)
            || message.Contains("no such file or directory", StringComparison.OrdinalIgnoreCase)
                ? 127
            : message.Contains("permission denied", StringComparison.OrdinalIgnoreCase)
            || message.Contains("not a directory", StringComparison.OrdinalIgnoreCase)
                ? 126
            : 125;
        return new StartFailedException($"{what}: {message}: unknown", code);
    }

    static string Resolve(string program) =>
        SearchPath.Find(program)
        ?? throw new StartFailedException(
            $"failed to create task for container: failed to find runtime: exec: \"{program}\": executable file not found in $PATH: unknown",
            127
        );
}
