using System.Diagnostics;
using Pier.Model;

namespace Pier.Engine.Containers;

public sealed partial class ContainerService
{
    /// <summary>The host's ps, with the rows of the container's processes (Docker does the same, so that every ps option works).</summary>
    public async Task<TopResult> TopAsync(string reference, string psArguments, CancellationToken ct)
    {
        var container = parts.Containers.Resolve(reference);
        if (!container.IsRunning)
            throw new ConflictException($"container {container.Id} is not running");
        var pids = parts.Runtime.Processes(container.Id).ToHashSet();
        var words = (psArguments.Length == 0 ? "-ef" : psArguments).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var output = await PsAsync(words, ct).ConfigureAwait(false);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0)
            throw new HostFailureException("ps printed nothing");
        var titles = lines[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var pidColumn = Array.IndexOf(titles, "PID");
        if (pidColumn < 0)
            throw new InvalidParameterException("Couldn't find PID field in ps output");
        var rows = new List<IReadOnlyList<string>>();
        foreach (var line in lines[1..])
        {
            // The last column may hold spaces: it is what is left of the line.
            var fields = line.Split((char[]?)null, titles.Length, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > pidColumn && int.TryParse(fields[pidColumn], out var pid) && pids.Contains(pid))
                rows.Add(fields);
        }
        return new TopResult(titles, rows);
    }

    static async Task<string> PsAsync(string[] arguments, CancellationToken ct)
    {
        var start = new ProcessStartInfo("ps", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var ps = Process.Start(start)!;
            var error = ps.StandardError.ReadToEndAsync(ct);
            var output = await ps.StandardOutput.ReadToEndAsync(ct).ConfigureAwait(false);
            await ps.WaitForExitAsync(ct).ConfigureAwait(false);
            return ps.ExitCode == 0
                ? output
                : throw new InvalidParameterException($"error running ps: {(await error.ConfigureAwait(false)).Trim()}");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new HostFailureException("error running ps: it is not installed on this host (Debian: procps)", e);
        }
    }
}
