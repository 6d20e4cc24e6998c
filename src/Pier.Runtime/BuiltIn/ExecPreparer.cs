using Pier.Linux.Files;
using Pier.Linux.Launch;
using Pier.Linux.Namespaces;
using Pier.Model;
using Pier.Runtime.Compile;
using Pier.Runtime.Launch;
using Pier.Runtime.Users;

namespace Pier.Runtime.BuiltIn;

/// <summary>Opens what an exec needs and compiles it.</summary>
static class ExecPreparer
{
    public static LaunchProgram Prepare(
        Preparation preparation,
        ContainerEntry container,
        StartExec request,
        HostFacts host,
        int ownStdio,
        SeccompProgram? seccomp
    )
    {
        var pidFd = container.PidFd ?? throw new ConflictException($"container {container.Id} is not running");
        preparation.Lend("container", pidFd);
        var names = new List<string>();
        foreach (var (name, procs) in container.Group.OpenProcs())
        {
            preparation.Own($"cgroup.{name}", procs);
            names.Add(name);
        }
        var namespaces = NamespaceFile.Different(container.Pid);
        // The pidfd pins the process, not its number: only when it still lives were those its namespaces.
        if (Linux.Processes.PidFd.Send(pidFd, 0) is false)
            throw new ConflictException($"container {container.Id} is not running");
        if (request.Stdio.Tty)
            preparation.Lend("devpts", preparation.Own("pts", ContainerDevpts(container.Pid)));
        var facts = new ExecFacts
        {
            Key = request.Key,
            Cgroups = names,
            Namespaces = namespaces,
            OwnStdio = ownStdio,
            Devpts = request.Stdio.Tty,
        };
        var process = HomeDirectory.Ensure(
            request.Process,
            () => At.Open(At.WorkingDirectory, $"/proc/{container.Pid}/root", OpenFlags.Path | OpenFlags.Directory)
        );
        return ExecCompiler.Compile(process, host, facts, seccomp);
    }

    /// <summary>The container's own devpts, so that the terminal has a name inside. Not trusted: it must be a devpts.</summary>
    static Microsoft.Win32.SafeHandles.SafeFileHandle ContainerDevpts(int pid)
    {
        using var root = At.Open(At.WorkingDirectory, $"/proc/{pid}/root", OpenFlags.Path | OpenFlags.Directory);
        var devpts = At.FindIn(root, "dev/pts", OpenFlags.Directory, Resolve.InRoot | Resolve.NoMagicLinks | Resolve.NoSymlinks);
        if (devpts is null || FileSystem.Of(devpts).Magic != FileSystem.DevPts)
            throw new InvalidParameterException("the container has no /dev/pts");
        return devpts;
    }
}
