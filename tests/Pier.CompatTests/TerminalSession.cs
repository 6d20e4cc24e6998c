using System.Diagnostics;
using System.Text;

namespace Pier.CompatTests;

/// <summary>A conversation over a pseudoterminal, made by script(1).</summary>
static class TerminalSession
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Types each text after its cue was on the screen. An empty cue waits for nothing but half a second.</summary>
    public static async Task<(int Code, string Screen)> RunAsync(
        ProcessStartInfo environment,
        string line,
        (string WaitFor, string Type)[] conversation
    )
    {
        var start = new ProcessStartInfo("script", ["-qefc", line, "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var (key, value) in environment.Environment)
            start.Environment[key] = value;
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        var screen = new StringBuilder();
        var read = ReadAsync(process, screen, limit.Token);
        try
        {
            var position = 0;
            foreach (var (cue, text) in conversation)
            {
                if (cue.Length == 0)
                    await Task.Delay(500, limit.Token);
                while (cue.Length > 0)
                {
                    string seen;
                    lock (screen)
                        seen = screen.ToString();
                    var at = seen.IndexOf(cue, Math.Min(position, seen.Length), StringComparison.Ordinal);
                    if (at >= 0)
                    {
                        position = at + cue.Length;
                        break;
                    }
                    await Task.Delay(10, limit.Token);
                }
                await process.StandardInput.WriteAsync(text);
                await process.StandardInput.FlushAsync(limit.Token);
            }
            await process.WaitForExitAsync(limit.Token);
            await read;
            return (process.ExitCode, screen.ToString());
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{line} did not get there; the screen was:\n{screen}");
        }
    }

    static async Task ReadAsync(Process process, StringBuilder screen, CancellationToken ct)
    {
        var buffer = new char[4096];
        int count;
        while ((count = await process.StandardOutput.ReadAsync(buffer, ct)) > 0)
            lock (screen)
                screen.Append(buffer, 0, count);
    }
}
