using System.Collections.Concurrent;
using Pier.Linux;
using Pier.Linux.Cgroups;
using Pier.Linux.Launch;
using Pier.Linux.Processes;
using Pier.Model;
using Pier.Model.Runtime;
using Pier.Runtime.BuiltIn;
using Pier.Runtime.Compile;
using Pier.Runtime.Launch;
using Pier.Runtime.Resources;
using Pier.Runtime.Users;
using Pier.Supervisor;

namespace Pier.Runtime;

/// <summary>Compiles containers to launch programs and has the supervisor run them.</summary>
public sealed partial class BuiltInRuntime : IContainerRuntime
{
    readonly BuiltInRuntimeOptions _options;
    readonly SupervisorClient _supervisor;
    readonly HostFacts _host;
    readonly ContainerPreparer _preparer;
    readonly EntryFiles _files;
    readonly SeccompPrograms _filters = new();
    readonly ConcurrentDictionary<string, ContainerEntry> _containers = new();

    BuiltInRuntime(BuiltInRuntimeOptions options, SupervisorClient supervisor)
    {
        (_options, _supervisor) = (options, supervisor);
        _host = HostFactsReader.Read();
        _preparer = new ContainerPreparer(_host, OwnMembership.HierarchiesToLeave(_host.Cgroups, File.ReadAllText("/proc/self/cgroup")));
        _files = new EntryFiles(options.ExecRoot);
        supervisor.Exited += exit => Exited?.Invoke(Convert(exit));
    }

    /// <summary>
    /// Connects to the supervisor of the exec root, starting it when there is none, and takes over the containers that are there.
    /// </summary>
    public static async Task<BuiltInRuntime> StartAsync(BuiltInRuntimeOptions options)
    {
        Directory.CreateDirectory(options.ExecRoot);
        try
        {
            var supervisor = await SupervisorClient
                .ConnectOrStartAsync(
                    new SupervisorOptions
                    {
                        ExecRoot = options.ExecRoot,
                        Command = options.SupervisorCommand,
                        ErrorLog = options.SupervisorLog,
                    }
                )
                .ConfigureAwait(false);
            return new BuiltInRuntime(options, supervisor);
        }
        catch (Exception e) when (e is LinuxException or TimeoutException or SupervisorException)
        {
            throw new HostFailureException($"cannot start the supervisor: {e.Message}", e);
        }
    }

    public string Name => "pier";

    /// <summary>The facts that programs are compiled for.</summary>
    public HostFacts Host => _host;

    public event Action<ProcessExit>? Exited;

    public async Task<StartedProcess> StartAsync(StartContainer request, CancellationToken cancellation)
    {
        var path = CgroupPath(request);
        // Preparing may hang (a bind of a dead network file system): never on the caller's thread.
        var (preparation, program) = await Task.Run(() => Prepare(request, path), cancellation).ConfigureAwait(false);
        try
        {
            var entry = new ContainerEntry(request.Id, preparation.Group!);
            if (!_containers.TryAdd(request.Id, entry))
                throw new ConflictException($"container {request.Id} is started already");
            var begun = DateTimeOffset.UtcNow;
            var launched = await LaunchAsync(
                    request.Id,
                    program,
                    preparation,
                    request.Stdio,
                    request.Log,
                    (op, errno) => LaunchError.Start(program, op, errno)
                )
                .ConfigureAwait(false);
            entry.Pid = launched.Pid;
            entry.PidFd = launched.PidFd;
            preparation.Dispose();
            return new StartedProcess(launched.Pid, begun);
        }
        catch (Exception e)
        {
            if (e is not ConflictException && _containers.TryRemove(request.Id, out var failed))
                failed.Dispose();
            ContainerPreparer.Undo(preparation);
            _files.Remove(request.Id);
            throw;
        }
    }

    (Preparation Preparation, LaunchProgram Program) Prepare(StartContainer request, string cgroupPath)
    {
        _files.Write(request.Id, cgroupPath);
        Preparation? preparation = null;
        try
        {
            preparation = _preparer.Prepare(
                new PreparationRequest
                {
                    Id = request.Id,
                    Spec = request.Spec,
                    Root = request.Root,
                    Mounts = request.Mounts,
                    NetworkNamespace = request.NetworkNamespace,
                    UserNamespace = request.UserNamespace,
                    CgroupPath = cgroupPath,
                    OwnStdio = OwnStdio(request.Stdio),
                }
            );
            var spec = request.Spec.Process is { } process
                ? request.Spec with
                {
                    Process = HomeDirectory.Ensure(process, () => Linux.Descriptors.Descriptor.Duplicate(request.Root)),
                }
                : request.Spec;
            return (preparation, SpecCompiler.Compile(spec, _host, preparation.Facts, _filters.For(request.Spec.Linux?.Seccomp)));
        }
        catch (EngineException)
        {
            if (preparation is not null)
                ContainerPreparer.Undo(preparation);
            _files.Remove(request.Id);
            throw;
        }
    }

    public async Task<StartedProcess> ExecAsync(StartExec request, CancellationToken cancellation)
    {
        var container = Running(request.ContainerId);
        using var preparation = new Preparation();
        LaunchProgram program;
        try
        {
            program = ExecPreparer.Prepare(preparation, container, request, _host, OwnStdio(request.Stdio), _filters.For(request.Seccomp));
        }
        catch (LinuxException e)
        {
            throw e.Errno is Errno.ESRCH or Errno.ENOENT
                ? new ConflictException($"container {request.ContainerId} is not running", e)
                : ContainerPreparer.Translate(e);
        }
        var begun = DateTimeOffset.UtcNow;
        var launched = await LaunchAsync(
                request.Key,
                program,
                preparation,
                request.Stdio,
                null,
                (op, errno) => LaunchError.Exec(program, op, errno)
            )
            .ConfigureAwait(false);
        launched.PidFd?.Dispose();
        return new StartedProcess(launched.Pid, begun);
    }

    /// <summary>Runs any program of the host as a supervised process.</summary>
    internal async Task LaunchProgramAsync(string key, LaunchProgram program, StdioOptions stdio, LogOptions? log)
    {
        using var nothing = new Preparation();
        var launched = await LaunchAsync(key, program, nothing, stdio, log, (op, errno) => LaunchError.Start(program, op, errno))
            .ConfigureAwait(false);
        launched.PidFd?.Dispose();
    }

    /// <summary>A signal to a process by its number.</summary>
    internal static void Signal(int pid, string key, int signal)
    {
        using var pidFd = TryOpen(pid);
        if (pidFd is null || !PidFd.Send(pidFd, signal))
            throw new NotFoundException($"process {key} is not running");
    }

    async Task<LaunchedProcess> LaunchAsync(
        string key,
        LaunchProgram program,
        Preparation preparation,
        StdioOptions stdio,
        LogOptions? log,
        Func<int, int, Exception> failed
    )
    {
        try
        {
            return await _supervisor
                .LaunchAsync(
                    new LaunchRequest
                    {
                        Key = key,
                        Program = program,
                        Imports = preparation.ImportsOf(program, withStdio: false),
                        Stdio = new ProcessStdio(stdio.Tty, stdio.OpenStdin, stdio.StdinOnce, stdio.Rows, stdio.Columns),
                        Log = log is null
                            ? null
                            : new LogTarget(log.Path, Math.Max(0, log.MaxSize), Math.Max(1, log.MaxFiles), log.Attributes, log.Cursor),
                    }
                )
                .ConfigureAwait(false);
        }
        catch (LaunchFailedException e)
        {
            throw failed(e.Op, e.Errno);
        }
        catch (SupervisorException e)
        {
            throw Translate(e, key);
        }
    }

    public async Task<Stream> AttachAsync(string key, AttachOptions options, CancellationToken cancellation)
    {
        try
        {
            return new AttachStream(
                await _supervisor
                    .AttachAsync(new AttachRequest(key, options.Stdin, options.Stdout, options.Stderr, options.DetachKeys))
                    .ConfigureAwait(false)
            );
        }
        catch (SupervisorException e)
        {
            throw Translate(e, key);
        }
    }

    public Task ResizeAsync(string key, int rows, int columns) => Translated(key, _supervisor.ResizeAsync(key, rows, columns));

    public Task SignalAsync(string key, int signal) => Translated(key, _supervisor.SignalAsync(key, signal));

    public Task SignalAllAsync(string containerId, int signal)
    {
        var group = Known(containerId).Group;
        return Task.Run(() => group.SignalAll(signal));
    }

    public Task PauseAsync(string containerId)
    {
        var group = Running(containerId).Group;
        return Task.Run(() =>
        {
            if (!Freezer.TryFreeze(group, TimeSpan.FromSeconds(10)))
                throw new HostFailureException($"unable to freeze container {containerId}");
        });
    }

    public Task ResumeAsync(string containerId)
    {
        Freezer.Thaw(Running(containerId).Group);
        return Task.CompletedTask;
    }

    public Task UpdateAsync(string containerId, LinuxResources resources)
    {
        var group = Running(containerId).Group;
        return Task.Run(() =>
        {
            if (resources.Devices is not null)
                ResourceWriter.ApplyDevices(group, resources);
            ResourceWriter.Apply(group, resources);
        });
    }

    public ContainerStats Stats(string containerId) => StatsReader.Read(Known(containerId).Group);

    public IReadOnlyList<int> Processes(string containerId) => Known(containerId).Group.Processes();

    public bool IsPaused(string containerId) => _containers.TryGetValue(containerId, out var entry) && Freezer.IsFrozen(entry.Group);

    public Microsoft.Win32.SafeHandles.SafeFileHandle? NetworkNamespace(string containerId)
    {
        if (!_containers.TryGetValue(containerId, out var entry) || entry.PidFd is null)
            return null;
        try
        {
            return Linux.Namespaces.NetworkNamespace.OfProcess(entry.PidFd, entry.Pid);
        }
        catch (LinuxException)
        {
            return null; // it has just ended; its exit is on its way
        }
    }

    static Microsoft.Win32.SafeHandles.SafeFileHandle? TryOpen(int pid)
    {
        try
        {
            return PidFd.Open(pid);
        }
        catch (LinuxException)
        {
            return null; // it has just ended; its exit is on its way
        }
    }

    /// <summary>Ends the supervisor too; refused while it knows a process. A daemon that stops leaves it running.</summary>
    public Task ShutdownSupervisorAsync() => Translated("supervisor", _supervisor.ShutdownAsync());

    /// <summary>Lets go of the containers. A supervisor that has none left ends with its daemon; otherwise it goes on.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var entry in _containers.Values)
            entry.Dispose();
        // The parent stays while a container lives in it.
        if (CgroupName.Problem(_options.CgroupParent) is null)
            _preparer.Group(_options.CgroupParent).DeleteIfEmpty();
        try
        {
            await _supervisor.ShutdownAsync().ConfigureAwait(false);
            await _supervisor.DisposeAsync().ConfigureAwait(false);
        }
        catch (SupervisorException)
        {
            await _supervisor.DisposeAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // It was shut down before.
        }
    }

    internal string CgroupPath(StartContainer request)
    {
        var path = request.Spec.Linux?.CgroupsPath is { Length: > 0 } given
            ? given
            : $"{request.CgroupParent ?? _options.CgroupParent}/{request.Id}";
        if (CgroupName.Problem(path) is { } problem)
            throw new InvalidParameterException($"linux.cgroupsPath: {problem}");
        return CgroupName.Clean(path);
    }

    // A pipe or terminal is the container's own; without an open stdin descriptor 0 is the host's /dev/null.
    static int OwnStdio(StdioOptions stdio) => stdio.Tty || stdio.OpenStdin ? 7 : 6;

    ContainerEntry Known(string id) =>
        _containers.TryGetValue(id, out var entry) ? entry : throw new NotFoundException($"container {id} is not running");

    ContainerEntry Running(string id) =>
        Known(id) is { Pid: > 0 } entry ? entry : throw new ConflictException($"container {id} is not running");

    ProcessExit Convert(SupervisedExit exit)
    {
        var outOfMemory = _containers.TryGetValue(exit.Key, out var entry) && StatsReader.OutOfMemoryKills(entry.Group) > 0;
        return new ProcessExit(exit.Key, exit.ExitCode, exit.Signal, exit.ExitedAt, outOfMemory);
    }

    static async Task Translated(string key, Task request)
    {
        try
        {
            await request.ConfigureAwait(false);
        }
        catch (SupervisorException e)
        {
            throw Translate(e, key);
        }
    }

    static EngineException Translate(SupervisorException e, string key) =>
        e.Error switch
        {
            SupervisorError.NoSuchKey or SupervisorError.Ended => new NotFoundException($"process {key} is not running", e),
            SupervisorError.KeyInUse or SupervisorError.StillRunning => new ConflictException(e.Message, e),
            SupervisorError.Invalid => new InvalidParameterException(e.Message, e),
            SupervisorError.Lost => new UnavailableException(e.Message, e),
            _ => new HostFailureException(e.Message, e),
        };
}
