using System.Globalization;
using Pier.Engine.Containers;
using Pier.Engine.Specs;
using Pier.Model;
using Pier.Runtime;

namespace Pier.Engine.Execs;

/// <summary>The use cases of execs: commands inside running containers.</summary>
public sealed class ExecService
{
    readonly EngineParts parts;
    readonly SpecFactsReader facts;
    readonly ExecTable execs;

    // From a process's end to the engine's knowing of it: its output has to be in the log first.
    static readonly TimeSpan EndsSoon = TimeSpan.FromSeconds(1);

    internal ExecService(EngineParts parts, SpecFactsReader facts) =>
        (this.parts, this.facts, execs) = (parts, facts, new ExecTable(parts.Time));

    /// <summary>Makes an exec; it runs when it is started.</summary>
    public Task<string> CreateAsync(string reference, ExecConfig config, CancellationToken ct)
    {
        if (config.Command.Count == 0)
            throw new InvalidParameterException("No exec command specified");
        HostConfigSyntax.DetachKeys(config.DetachKeys, "escape");
        var container = parts.Containers.Resolve(reference);
        RequireRunning(container, reference);
        var id = Ids.New();
        var exec = new Exec(id, container, config);
        execs.Add(exec);
        container.Execs.Add(id);
        Publish(exec, "exec_create");
        return Task.FromResult(id);
    }

    /// <summary>
    /// An exec must be there, and its container run. That it was started already is told on its output only, as by Docker: docker compose
    /// starts each a second time, and goes by the answer's head.
    /// </summary>
    public void RequireContainer(string id) => RequireRunning(execs.Find(id).Container);

    static void RequireNew(Exec exec)
    {
        if (exec.Phase == ExecPhase.Ended)
            throw new ConflictException($"exec command {exec.Id} has already run");
        if (exec.Phase != ExecPhase.Created)
            throw new ConflictException($"exec command {exec.Id} is already running");
        RequireRunning(exec.Container);
    }

    /// <summary>Starts it; null when detached. Rows and columns may be 0.</summary>
    public async Task<AttachSession?> StartAsync(string id, bool detach, int rows, int columns, CancellationToken ct)
    {
        var exec = execs.Find(id);
        lock (exec.Lock)
        {
            RequireNew(exec);
            exec.Phase = ExecPhase.Starting;
        }
        var config = exec.Config;
        Stream? stream = null;
        try
        {
            if (!detach)
            {
                stream = await parts
                    .Runtime.AttachAsync(
                        id,
                        new AttachOptions(
                            config.AttachStdin,
                            config.AttachStdout,
                            config.AttachStderr,
                            config.DetachKeys is { Length: > 0 } keys ? keys : "ctrl-p,ctrl-q",
                            config.Tty
                        ),
                        ct
                    )
                    .ConfigureAwait(false);
            }
            Publish(exec, "exec_start");
            var started = await parts
                .Runtime.ExecAsync(
                    new StartExec
                    {
                        ContainerId = exec.Container.Id,
                        Key = id,
                        Process = facts.BuildExec(exec.Container, config),
                        Stdio = new StdioOptions(config.Tty, config.AttachStdin && !detach, StdinOnce: true, rows, columns),
                        Seccomp = facts.Seccomp(exec.Container.Record, config.Privileged),
                    },
                    ct
                )
                .ConfigureAwait(false);
            lock (exec.Lock)
            {
                exec.Pid = started.Pid;
                if (exec.Phase == ExecPhase.Starting)
                    exec.Phase = ExecPhase.Running;
            }
            return stream is null
                ? null
                : new AttachSession(new ExecStream(stream, exec.Ended.Task), config.Tty, () => ContainerService.CloseWrite(stream));
        }
        catch (Exception e)
        {
            if (stream is not null)
                await stream.DisposeAsync().ConfigureAwait(false);
            execs.Ended(exec, e is StartFailedException failed ? failed.ExitCode : 126);
            // What it was to join was gone already: the container ended, and its exit is on the way here.
            if (
                e is StartFailedException { ExitCode: 125 } or HostFailureException
                && await EndsAsync(exec.Container).ConfigureAwait(false)
            )
                throw new ConflictException($"container {exec.Container.Id} is not running", e);
            throw;
        }
    }

    public ExecView Inspect(string id)
    {
        var exec = execs.Find(id);
        lock (exec.Lock)
            return new ExecView(
                id,
                exec.Container.Id,
                exec.Config,
                exec.Phase == ExecPhase.Running,
                exec.ExitCode,
                exec.Pid,
                exec.Phase == ExecPhase.Ended
            );
    }

    public Task ResizeAsync(string id, int rows, int columns, CancellationToken ct)
    {
        var exec = execs.Find(id);
        if (exec.Phase != ExecPhase.Running)
            throw new ConflictException($"exec {id} is not running");
        return parts.Runtime.ResizeAsync(id, rows, columns);
    }

    /// <summary>True when the exit was an exec's.</summary>
    internal async Task<bool> ExitedAsync(ProcessExit exit)
    {
        if (execs.ById(exit.Key) is not { } exec)
            return false;
        execs.Ended(exec, exit.ExitCode);
        exec.Ended.TrySetResult();
        await parts.Runtime.ReleaseAsync(exit.Key).ConfigureAwait(false);
        ContainerEvents.Publish(
            parts.Events,
            exec.Container,
            "exec_die",
            ("execID", exec.Id),
            ("exitCode", exit.ExitCode.ToString(CultureInfo.InvariantCulture))
        );
        return true;
    }

    /// <summary>Forgets the execs of a container that is gone.</summary>
    internal void Forget(string containerId) => execs.Forget(containerId);

    /// <summary>Whether a container has ended, or does so in a moment.</summary>
    static async Task<bool> EndsAsync(Container container)
    {
        await Task.WhenAny(container.RunEnded, Task.Delay(EndsSoon)).ConfigureAwait(false);
        return container.RunEnded.IsCompleted;
    }

    /// <param name="shown">What it was asked for by, where that is not its id.</param>
    static void RequireRunning(Container container, string? shown = null)
    {
        if (container.Status == ContainerStatus.Paused)
            throw new ConflictException($"Container {shown ?? container.Id} is paused, unpause the container before exec");
        if (container.Status == ContainerStatus.Restarting)
            throw new ConflictException($"container {container.Id} is restarting, wait until the container is running");
        if (container.Status != ContainerStatus.Running)
            throw new ConflictException($"container {container.Id} is not running");
    }

    void Publish(Exec exec, string action) =>
        ContainerEvents.Publish(parts.Events, exec.Container, $"{action}: {string.Join(' ', exec.Config.Command)}", ("execID", exec.Id));
}
