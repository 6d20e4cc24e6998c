using System.Diagnostics;
using Pier.Bench.Engines;

namespace Pier.Bench;

/// <summary>A registry server for the time of one measurement.</summary>
sealed class ServedRegistry : IDisposable
{
    readonly Process _process;

    ServedRegistry(Process process) => _process = process;

    /// <summary>In the network namespace of an engine, or in this machine's.</summary>
    public static async Task<ServedRegistry> Start(IReadOnlyList<string> command, Engine? engine)
    {
        string[] place = engine is null ? [] : ["nsenter", $"--net=/proc/{engine.DaemonId}/ns/net"];
        // Its output goes nowhere: a pipe that nobody reads would stop it.
        var process = Process.Start(Shell.Describe([.. place, "sh", "-c", "exec \"$@\" >/dev/null 2>&1", "sh", .. command]))!;
        // It takes the lock of its root, and listens, within this time.
        await Task.Delay(TimeSpan.FromSeconds(1));
        return process.HasExited
            ? throw new InvalidOperationException($"{command[0]} does not start: exit code {process.ExitCode}")
            : new ServedRegistry(process);
    }

    public static async Task WaitFor(HttpClient http)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var answer = await http.GetAsync("v2/");
                return;
            }
            catch (HttpRequestException) when (tries < 100)
            {
                await Task.Delay(50);
            }
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
