using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Pier.Model;
using Pier.Model.Runtime;
using Pier.Runtime.Foreign;

namespace Pier.Runtime;

/// <summary>
/// The built-in runtime, with containers of other OCI runtimes (runc, crun, runsc ...) beside its own. The supervisor launches their `run`
/// and `exec` in the foreground: it owns their stdio, and their exit code is the container's.
/// </summary>
public sealed class ForeignRuntimes : IContainerRuntime
{
    static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2),
        Look = TimeSpan.FromMilliseconds(2);

    readonly BuiltInRuntime _inner;
    readonly string _directory;
    readonly ConcurrentDictionary<string, Bundle> _bundles = new();
    readonly ConcurrentDictionary<string, Bundle> _execs = new();
    readonly ConcurrentDictionary<string, Starting> _starting = new();

    /// <summary>A launch that is under way. Whoever hears of the exit may release the key: it is told when the start was.</summary>
    sealed record Starting
    {
        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public TaskCompletionSource<bool> Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public ForeignRuntimes(BuiltInRuntime inner, string execRoot)
    {
        (_inner, _directory) = (inner, Path.Combine(execRoot, "bundles"));
        inner.Exited += exit => _ = TellAsync(exit);
    }

    public string Name => _inner.Name;

    public event Action<ProcessExit>? Exited;

    async Task TellAsync(ProcessExit exit)
    {
        if (_starting.TryGetValue(exit.Key, out var starting))
        {
            starting.Ended.TrySetResult();
            // A start that failed has released its key itself.
            if (!await starting.Started.Task.ConfigureAwait(false))
                return;
        }
        Exited?.Invoke(exit);
    }

    public async Task<StartedProcess> StartAsync(StartContainer request, CancellationToken cancellation)
    {
        if (request.Runtime is not { } command)
            return await _inner.StartAsync(request, cancellation).ConfigureAwait(false);
        var cgroup = _inner.CgroupPath(request);
        var bundle = await Task.Run(() => Bundle.Create(_directory, command, request, cgroup), cancellation).ConfigureAwait(false);
        try
        {
            _bundles[request.Id] = bundle;
            var words = ForeignCalls.Words(
                bundle,
                "run",
                "--bundle",
                bundle.Directory,
                "--pid-file",
                bundle.PidFile(request.Id),
                request.Id
            );
            _inner.Follow(request.Id, cgroup);
            var begun = DateTimeOffset.UtcNow;
            var pid = await LaunchAsync(
                    request.Id,
                    request.Id,
                    bundle,
                    words,
                    request.Stdio,
                    request.Log,
                    "failed to create task for container: failed to create shim task: OCI runtime create failed",
                    cancellation
                )
                .ConfigureAwait(false);
            _inner.Follow(request.Id, cgroup, pid);
            return new StartedProcess(pid, begun);
        }
        catch
        {
            await ForgetAsync(request.Id).ConfigureAwait(false);
            await _inner.UnfollowAsync(request.Id).ConfigureAwait(false);
            throw;
        }
    }

    public async Task<StartedProcess> ExecAsync(StartExec request, CancellationToken cancellation)
    {
        if (!_bundles.TryGetValue(request.ContainerId, out var bundle))
            return await _inner.ExecAsync(request, cancellation).ConfigureAwait(false);
        var process = request.Process with { Terminal = request.Stdio.Tty };
        await File.WriteAllBytesAsync(
                bundle.ProcessFile(request.Key),
                JsonSerializer.SerializeToUtf8Bytes(process, RuntimeJson.Default.Process),
                cancellation
            )
            .ConfigureAwait(false);
        _execs[request.Key] = bundle;
        try
        {
            var words = ForeignCalls.Words(
                bundle,
                "exec",
                "--process",
                bundle.ProcessFile(request.Key),
                "--pid-file",
                bundle.PidFile(request.Key),
                request.ContainerId
            );
            var begun = DateTimeOffset.UtcNow;
            var pid = await LaunchAsync(
                    request.Key,
                    request.ContainerId,
                    bundle,
                    words,
                    request.Stdio,
                    null,
                    "OCI runtime exec failed",
                    cancellation
                )
                .ConfigureAwait(false);
            return new StartedProcess(pid, begun);
        }
        catch
        {
            _execs.TryRemove(request.Key, out _);
            throw;
        }
    }

    /// <summary>Launches and waits until the runtime has written the pid file, which it does when the process runs, or has ended.</summary>
    async Task<int> LaunchAsync(
        string key,
        string container,
        Bundle bundle,
        IReadOnlyList<string> words,
        StdioOptions stdio,
        LogOptions? log,
        string what,
        CancellationToken cancellation
    )
    {
        var starting = _starting[key] = new Starting();
        var ended = starting.Ended;
        try
        {
            await _inner.LaunchProgramAsync(key, ForeignProgram.Compile(words, stdio.Tty), stdio, log).ConfigureAwait(false);
            var end = Environment.TickCount64 + (long)StartLimit.TotalMilliseconds;
            while (true)
            {
                var over = ended.Task.IsCompleted;
                if (Pid(bundle.PidFile(key)) is { } pid)
                {
                    _starting.TryRemove(key, out _);
                    starting.Started.SetResult(true);
                    return pid;
                }
                if (over)
                {
                    await _inner.ReleaseAsync(key).ConfigureAwait(false);
                    throw ForeignCalls.Failed(what, ForeignCalls.Complaint(bundle) ?? $"{words[0]} did not start {container}");
                }
                if (Environment.TickCount64 > end || cancellation.IsCancellationRequested)
                {
                    await _inner.SignalAsync(key, Linux.Processes.Signals.SIGKILL).ConfigureAwait(false);
                    await ended.Task.WaitAsync(StartLimit, CancellationToken.None).ConfigureAwait(false);
                    await _inner.ReleaseAsync(key).ConfigureAwait(false);
                    throw ForeignCalls.Failed(what, $"{words[0]} did not start {container} in time");
                }
                await Task.WhenAny(ended.Task, Task.Delay(Look, CancellationToken.None)).ConfigureAwait(false);
            }
        }
        finally
        {
            _starting.TryRemove(key, out _);
            starting.Started.TrySetResult(false);
        }
    }

    static int? Pid(string file) =>
        File.Exists(file) && int.TryParse(File.ReadAllText(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            ? pid
            : null;

    public Task<Stream> AttachAsync(string key, AttachOptions options, CancellationToken cancellation) =>
        _inner.AttachAsync(key, options, cancellation);

    public Task ResizeAsync(string key, int rows, int columns) => _inner.ResizeAsync(key, rows, columns);

    public async Task SignalAsync(string key, int signal)
    {
        if (_bundles.TryGetValue(key, out var bundle))
        {
            try
            {
                await ForeignCalls.RunAsync(bundle, "kill", key, signal.ToString(CultureInfo.InvariantCulture)).ConfigureAwait(false);
            }
            catch (HostFailureException e) when (Pid(bundle.PidFile(key)) is not { } pid || !Directory.Exists($"/proc/{pid}"))
            {
                throw new NotFoundException($"process {key} is not running", e);
            }
        }
        else if (_execs.TryGetValue(key, out var container) && Pid(container.PidFile(key)) is { } pid)
        {
            BuiltInRuntime.Signal(pid, key, signal);
        }
        else
        {
            await _inner.SignalAsync(key, signal).ConfigureAwait(false);
        }
    }

    public Task SignalAllAsync(string containerId, int signal) => _inner.SignalAllAsync(containerId, signal);

    public Task PauseAsync(string containerId) =>
        _bundles.TryGetValue(containerId, out var bundle)
            ? ForeignCalls.RunAsync(bundle, "pause", containerId)
            : _inner.PauseAsync(containerId);

    public Task ResumeAsync(string containerId) =>
        _bundles.TryGetValue(containerId, out var bundle)
            ? ForeignCalls.RunAsync(bundle, "resume", containerId)
            : _inner.ResumeAsync(containerId);

    public Task UpdateAsync(string containerId, LinuxResources resources) => _inner.UpdateAsync(containerId, resources);

    public ContainerStats Stats(string containerId) => _inner.Stats(containerId);

    public IReadOnlyList<int> Processes(string containerId) => _inner.Processes(containerId);

    public bool IsPaused(string containerId) => _inner.IsPaused(containerId);

    public SafeFileHandle? NetworkNamespace(string containerId) => _inner.NetworkNamespace(containerId);

    /// <summary>The pid of a container of another runtime is its own, not the runtime's.</summary>
    public async Task<IReadOnlyList<LiveProcess>> ListAsync()
    {
        var live = (await _inner.ListAsync().ConfigureAwait(false)).ToList();
        foreach (var bundle in Bundle.All(_directory).ToArray())
        {
            var at = live.FindIndex(p => p.Key == bundle.Id);
            if (at < 0)
            {
                bundle.Remove();
                continue;
            }
            _bundles[bundle.Id] = bundle;
            foreach (var process in live.Where(p => p.Key != bundle.Id && File.Exists(bundle.PidFile(p.Key))))
                _execs[process.Key] = bundle;
            if (live[at].Exit is not null || Pid(bundle.PidFile(bundle.Id)) is not { } pid)
                continue;
            live[at] = live[at] with { Pid = pid };
            _inner.Follow(bundle.Id, null, pid);
        }
        return live;
    }

    public async Task ReleaseAsync(string key)
    {
        await ForgetAsync(key).ConfigureAwait(false);
        await _inner.ReleaseAsync(key).ConfigureAwait(false);
    }

    /// <summary>What the runtime and the bundle keep of a container or exec that has ended.</summary>
    async Task ForgetAsync(string key)
    {
        if (_execs.TryRemove(key, out var container))
        {
            File.Delete(container.PidFile(key));
            File.Delete(container.ProcessFile(key));
        }
        if (!_bundles.TryRemove(key, out var bundle))
            return;
        try
        {
            await ForeignCalls.RunAsync(bundle, "delete", "--force", key).ConfigureAwait(false);
        }
        catch (EngineException)
        {
            // `run` deletes its container itself when it ends.
        }
        await Task.Run(bundle.Remove).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _inner.DisposeAsync();
}
