using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Pier.Engine.Containers;
using Pier.Engine.Execs;
using Pier.Engine.Specs;
using Pier.Model;
using Pier.Model.Notation;
using Pier.Runtime;

namespace Pier.Engine.Health;

/// <summary>Runs a probe in its container: one that does not end in time is killed with everything that it started.</summary>
sealed class ProbeRunner(EngineParts parts, SpecFactsReader facts)
{
    /// <summary>Keys of probes begin so: an engine that starts knows what an earlier one has left behind.</summary>
    const string KeyPrefix = "health-";

    // A killed process is reported at once; output that a process outside the probe's tree holds open is not waited for.
    static readonly TimeSpan KillPatience = TimeSpan.FromSeconds(5),
        OutputPatience = TimeSpan.FromSeconds(1);

    readonly ConcurrentDictionary<string, TaskCompletionSource<int>> _running = new();

    public static bool IsProbe(string key) => key.StartsWith(KeyPrefix, StringComparison.Ordinal);

    /// <summary>The result; cancelled when the container's monitor ends, and then the probe is killed too.</summary>
    public async Task<HealthResult> RunAsync(Container container, HealthSettings settings, CancellationToken ct)
    {
        var start = parts.Time.GetUtcNow();
        HealthResult Result(int exitCode, string output) => new(start, parts.Time.GetUtcNow(), exitCode, output);
        if (settings.Command.Count == 0)
            return Result(-1, "No exec command specified");
        var id = Ids.New();
        var key = KeyPrefix + id;
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _running[key] = ended;
        try
        {
            await using var stream = await parts
                .Runtime.AttachAsync(key, new AttachOptions(false, true, true, "", false), ct)
                .ConfigureAwait(false);
            Publish(container, "exec_create", settings, id);
            Publish(container, "exec_start", settings, id);
            var output = new ProbeOutput();
            using var reading = new CancellationTokenSource();
            var read = output.ReadAsync(stream, reading.Token);
            var started = await StartAsync(container, settings, key).ConfigureAwait(false);
            var inTime = await EndsAsync(ended.Task, settings.Timeout, ct).ConfigureAwait(false);
            if (!inTime)
                await KillAsync(container, key, started.Pid, ended.Task).ConfigureAwait(false);
            await DrainAsync(read, reading).ConfigureAwait(false);
            ct.ThrowIfCancellationRequested();
            if (!inTime)
                return Result(-1, TimedOut(settings.Timeout, output.Text));
            ContainerEvents.Publish(
                parts.Events,
                container,
                "exec_die",
                ("execID", id),
                ("exitCode", ended.Task.Result.ToString(CultureInfo.InvariantCulture))
            );
            return Result(ended.Task.Result, output.Text);
        }
        catch (EngineException e)
        {
            return Result(-1, e.Message);
        }
        finally
        {
            _running.TryRemove(key, out _);
        }
    }

    /// <summary>True when the exit was a probe's that is waited for.</summary>
    public async Task<bool> ExitedAsync(ProcessExit exit)
    {
        if (!_running.TryGetValue(exit.Key, out var ended))
            return false;
        await parts.Runtime.ReleaseAsync(exit.Key).ConfigureAwait(false);
        ended.TrySetResult(exit.ExitCode);
        return true;
    }

    /// <summary>A probe whose engine is gone: nobody waits for it.</summary>
    public static void KillLeftover(LiveProcess process)
    {
        if (process.Exit is null)
            KillTree(process.Pid);
    }

    Task<StartedProcess> StartAsync(Container container, HealthSettings settings, string key) =>
        parts.Runtime.ExecAsync(
            new StartExec
            {
                ContainerId = container.Id,
                Key = key,
                Process = facts.BuildExec(container, new ExecConfig { Command = settings.Command }),
                Stdio = new StdioOptions(false, false, StdinOnce: true, 0, 0),
                Seccomp = facts.Seccomp(container.Record, privileged: false),
            },
            CancellationToken.None
        );

    async Task<bool> EndsAsync(Task ended, TimeSpan timeout, CancellationToken ct)
    {
        try
        {
            await ended.WaitAsync(timeout, parts.Time, ct).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    async Task KillAsync(Container container, string key, int pid, Task ended)
    {
        // The pid is the probe's as long as it is in the container: the supervisor reaps before it tells.
        if (!ended.IsCompleted && IsIn(container, pid))
            KillTree(pid);
        try
        {
            await parts.Runtime.SignalAsync(key, Signals.Kill).ConfigureAwait(false);
        }
        catch (NotFoundException)
        {
            // It has ended.
        }
        await EndsAsync(ended, KillPatience, CancellationToken.None).ConfigureAwait(false);
    }

    bool IsIn(Container container, int pid)
    {
        try
        {
            return parts.Runtime.Processes(container.Id).Contains(pid);
        }
        catch (NotFoundException)
        {
            return false;
        }
    }

    static void KillTree(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e)
            when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException)
        {
            // It has ended in between.
        }
    }

    static async Task DrainAsync(Task read, CancellationTokenSource reading)
    {
        reading.CancelAfter(OutputPatience);
        try
        {
            await read.ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // What has come is what is shown.
        }
    }

    static string TimedOut(TimeSpan timeout, string output)
    {
        var text = $"Health check exceeded timeout ({GoDuration.Text(timeout)})";
        return output.Length == 0 ? text : $"{text}: {output}";
    }

    void Publish(Container container, string action, HealthSettings settings, string id) =>
        ContainerEvents.Publish(parts.Events, container, $"{action}: {string.Join(' ', settings.Command)}", ("execID", id));
}
