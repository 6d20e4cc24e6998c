using Microsoft.Win32.SafeHandles;
using Pier.Linux;
using Pier.Linux.Descriptors;
using Pier.Linux.Launch;
using Pier.Linux.Mounts;
using Pier.Linux.Namespaces;
using Pier.Linux.Processes;
using Pier.Model;
using Pier.Model.Runtime;
using Pier.Runtime.Compile;
using Pier.Runtime.Launch;
using Pier.Runtime.Seccomp;
using Pier.Runtime.Users;

namespace Pier.Runtime.Commands;

/// <summary>What "create" and "run" are asked for.</summary>
sealed record CreateRequest(string Id, string Bundle, string? ConsoleSocket, string? PidFile, int PreserveFds, bool ForegroundTerminal);

/// <summary>
/// Creates a container without a supervisor: a forked child that has set everything up and waits for "start" on a FIFO. Between hooks and
/// the pivot it waits for this program.
/// </summary>
sealed class ContainerCreator(RuntimeContext context)
{
    /// <summary>Returns the state and, for a terminal in the foreground, its master.</summary>
    public (ContainerState State, SafeFileHandle? Master) Create(CreateRequest request)
    {
        var spec = RuntimeContext.LoadSpec(request.Bundle);
        var cgroup = context.CgroupPath(spec, request.Id);
        Validate(spec, request);
        context.States.Make(request.Id);
        Preparation? preparation = null;
        SafeFileHandle? child = null;
        try
        {
            var rootfs = Path.GetFullPath(Path.Combine(request.Bundle, spec.Root!.Path));
            preparation = Prepare(spec, request, rootfs, cgroup);
            using var stdio = Stdio(preparation, spec, request);
            preparation.Facts = preparation.Facts with { OwnStdio = stdio.Own };
            var state = new ContainerState
            {
                Id = request.Id,
                OciVersion = spec.OciVersion,
                Bundle = request.Bundle,
                Rootfs = rootfs,
                CgroupPath = cgroup,
                Created = DateTimeOffset.UtcNow,
                Annotations = spec.Annotations,
                Hooks = spec.Hooks,
                Process = spec.Process,
                Seccomp = spec.Linux?.Seccomp,
            };
            state = Launch(preparation, spec, state, out child);
            if (stdio.Master is { } master && request.ConsoleSocket is { } socket)
                ConsoleSocket.Send(socket, master);
            context.States.Save(state);
            if (request.PidFile is { } file)
                WritePidFile(file, state.InitProcessPid);
            preparation.Dispose();
            var kept = request.ForegroundTerminal && stdio.Master is { } own ? Linux.Descriptors.Descriptor.Duplicate(own) : null;
            return (state, kept);
        }
        catch (Exception e)
        {
            if (child is not null)
            {
                PidFd.Send(child, Signals.SIGKILL);
                PidFd.Wait(child);
            }
            if (preparation is not null)
                ContainerPreparer.Undo(preparation);
            context.States.Remove(request.Id);
            throw e is LinuxException ? new CommandException(e.Message, inner: e) : e;
        }
        finally
        {
            child?.Dispose();
        }
    }

    static void Validate(Spec spec, CreateRequest request)
    {
        if (spec.Root is null)
            throw new CommandException("root: a container needs a root file system");
        if (spec.Process is null)
            throw new CommandException("process: a container needs a process");
        if (spec.Process.Terminal && request.ConsoleSocket is null && !request.ForegroundTerminal)
            throw new CommandException("cannot allocate tty if runc will detach without setting console socket");
        if (!spec.Process.Terminal && request.ConsoleSocket is not null)
            throw new CommandException("cannot use console socket if runc will not detach or allocate tty");
    }

    Preparation Prepare(Spec spec, CreateRequest request, string rootfs, string cgroup)
    {
        SafeFileHandle root;
        try
        {
            root = DetachedMount.Bind(rootfs, recursive: true);
            DetachedMount.SetAttributes(root, 0, 0, MountFlags.Private, recursive: true);
        }
        catch (LinuxException e)
        {
            throw new CommandException($"invalid rootfs: {e.Message}", inner: e);
        }
        Preparation preparation;
        try
        {
            preparation = context.Preparer.Prepare(
                new PreparationRequest
                {
                    Id = request.Id,
                    Spec = spec,
                    Root = root,
                    Bundle = request.Bundle,
                    CgroupPath = cgroup,
                    ReuseCgroup = true,
                    Forks = true,
                }
            );
        }
        catch (EngineException)
        {
            root.Dispose();
            throw;
        }
        preparation.Own("root", root);
        preparation.Facts = preparation.Facts with
        {
            WaitsForStart = true,
            WaitsForHooks = HasEarlyHooks(spec.Hooks),
            PreservedFds = request.PreserveFds,
        };
        return preparation;
    }

    static bool HasEarlyHooks(Hooks? hooks) =>
        hooks is { Prestart.Count: > 0 } or { CreateRuntime.Count: > 0 } or { CreateContainer.Count: > 0 };

    static RuntimeStdio Stdio(Preparation preparation, Spec spec, CreateRequest request) =>
        spec.Process!.Terminal
            ? RuntimeStdio.Terminal(preparation, preparation.Facts.Devpts ? preparation.ImportOf("devpts") : null, spec.Process.ConsoleSize)
            : RuntimeStdio.Inherited(preparation);

    ContainerState Launch(Preparation preparation, Spec spec, ContainerState state, out SafeFileHandle? child)
    {
        using var sync = new CreateSync(preparation, context.States.Fifo(state.Id));
        var seccomp = spec.Linux?.Seccomp is { } filter
            ? SeccompTranslator.Compile(filter, System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture)
            : null;
        var process = HomeDirectory.Ensure(spec.Process!, () => Linux.Descriptors.Descriptor.Duplicate(preparation.ImportOf("root")));
        var program = SpecCompiler.Compile(spec with { Process = process }, context.Host, preparation.Facts, seccomp);
        var result = Fork(program, preparation, sync);
        child = result.PidFd;
        sync.Launched();
        if (preparation.Facts.MapsUser)
            MapUser(result.Pid, spec, sync);
        state = state with { InitProcessPid = result.Pid, InitProcessStart = ProcessFile.Find(result.Pid)?.StartTime ?? 0 };
        if (preparation.Facts.WaitsForHooks)
        {
            if (!sync.AwaitCreated())
                throw Failed(program, sync);
            var creating = context.States.Describe(state, "creating");
            HookRunner.Run(spec.Hooks!.Prestart, "prestart", creating);
            HookRunner.Run(spec.Hooks.CreateRuntime, "createRuntime", creating);
            HookRunner.Run(spec.Hooks.CreateContainer, "createContainer", creating, result.Pid);
            sync.ContinueAfterHooks();
        }
        return sync.AwaitReady() ? state : throw Failed(program, sync);
    }

    /// <summary>On a thread of its own, which joins the namespaces that the container is to be born in.</summary>
    static LaunchResult Fork(LaunchProgram program, Preparation preparation, CreateSync sync)
    {
        LaunchResult result = default;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                foreach (var word in preparation.Facts.InheritedNamespaces)
                    ThreadNamespaces.Join(preparation.ImportOf($"ns.{word}"), NamespaceKind.Named(word)!.Flag);
                using var loaded = new LoadedProgram(program, preparation.ImportsOf(program, withStdio: true));
                using var launcher = new Launcher();
                result = launcher.Launch(loaded, LaunchMode.Fork, sync.ErrorPipe);
            }
            catch (Exception e) when (e is LinuxException or InvalidDataException)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result : throw new CommandException(failure.Message, inner: failure);
    }

    static void MapUser(int pid, Spec spec, CreateSync sync)
    {
        UserNamespace.Map($"/proc/{pid}/uid_map", ContainerPreparer.Ranges(spec.Linux!.UidMappings));
        UserNamespace.Map($"/proc/{pid}/gid_map", ContainerPreparer.Ranges(spec.Linux.GidMappings));
        if (spec.Process!.OomScoreAdj is { } score)
            File.WriteAllText($"/proc/{pid}/oom_score_adj", score.ToString(System.Globalization.CultureInfo.InvariantCulture));
        sync.Mapped();
    }

    static CommandException Failed(LaunchProgram program, CreateSync sync)
    {
        var (op, errno) = sync.Failure();
        return new CommandException($"runc create failed: unable to start container process: {LaunchError.Describe(program, op, errno)}");
    }

    public static void WritePidFile(string path, int pid)
    {
        // Engines wait for the file: it appears whole.
        var temporary = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "." + Path.GetFileName(path));
        File.WriteAllText(temporary, pid.ToString(System.Globalization.CultureInfo.InvariantCulture));
        File.Move(temporary, path, overwrite: true);
    }
}
