using System.Runtime.InteropServices;
using Pier.Linux;
using Pier.Linux.Capabilities;
using Pier.Linux.Launch;
using Pier.Linux.Mounts;
using Pier.Linux.Namespaces;
using Pier.Model.Runtime;

namespace Pier.Runtime.Compile;

/// <summary>What has been prepared for a process that joins a running container.</summary>
public sealed record ExecFacts
{
    /// <summary>For error texts and the session keyring.</summary>
    public required string Key { get; init; }

    /// <summary>Names of opened cgroup.procs files: imports "cgroup.NAME".</summary>
    public IReadOnlyList<string> Cgroups { get; init; } = [];

    /// <summary>
    /// The namespaces of the container's first process that are not the host's. They are joined in one call through its pidfd, the import
    /// "container"; a process's own user namespace must not be joined (man 2 setns, EINVAL).
    /// </summary>
    public required CloneFlags Namespaces { get; init; }

    /// <summary>As <see cref="LaunchFacts.OwnStdio"/>.</summary>
    public int OwnStdio { get; init; }

    /// <summary>The container's devpts is handed in ("devpts"), for the launcher to take the terminal from.</summary>
    public bool Devpts { get; init; }

    /// <summary>As <see cref="LaunchFacts.PreservedFds"/>.</summary>
    public int PreservedFds { get; init; }
}

/// <summary>Compiles an exec: groups, namespaces of the container, a second clone into its pid namespace, then as any process.</summary>
public static class ExecCompiler
{
    public static LaunchProgram Compile(Process process, HostFacts host, ExecFacts facts, SeccompProgram? seccomp = null) =>
        Compile(process, host, facts, seccomp, RuntimeInformation.ProcessArchitecture);

    public static LaunchProgram Compile(
        Process process,
        HostFacts host,
        ExecFacts facts,
        SeccompProgram? seccomp,
        Architecture architecture
    )
    {
        var hasUser = (facts.Namespaces & CloneFlags.NewUser) != 0;
        var launch = new LaunchFacts
        {
            Key = facts.Key,
            Cgroups = facts.Cgroups,
            OwnStdio = facts.OwnStdio,
            PreservedFds = facts.PreservedFds,
            JoinedNamespaces = hasUser ? ["user"] : [],
        };
        var c = new Compilation(host, launch, architecture);
        foreach (var name in (string[])["stdin", "stdout", "stderr", "container"])
            c.Import(name);
        foreach (var cgroup in facts.Cgroups)
            c.Import($"cgroup.{cgroup}");
        if (facts.Devpts)
            c.Import("devpts");
        var user = new UserSection(c, process, hasUser);
        var exec = new ExecSection(c, process, user, seccomp);

        StdioSection.ResetSignals(c);
        StdioSection.OomScore(c, process.OomScoreAdj);
        StdioSection.JoinCgroups(c);
        if (hasUser)
            user.Limits();
        Enter(c, facts.Namespaces, hasUser);
        c.Builder.About("session").Call(Syscall.Setsid);
        StdioSection.Stdio(c, process.Terminal);
        ProcessCompiler.SessionKeyring(c);
        var proc = AppArmorProc(c, process);
        ProcessCompiler.Finish(c, process, user, exec, seccomp, proc, limits: !hasUser);
        return c.Builder.Build();
    }

    static void Enter(Compilation c, CloneFlags namespaces, bool hasUser)
    {
        var b = c.Builder.About("namespaces");
        // The container may hold CAP_SYS_PTRACE: until execve it must not look into memory that is shared with the launcher.
        b.Call(Syscall.Prctl, CapabilityCalls.PrSetDumpable, 0);
        b.Call(Syscall.Setns, c.Imported("container"), (ulong)namespaces);
        if ((namespaces & CloneFlags.NewPid) != 0)
        {
            var child = b.NewLabel();
            b.Clone((ulong)(CloneFlags.Parent | CloneFlags.ParentSetTid | CloneFlags.SignalChild), child);
            b.Call(Syscall.ExitGroup, 0);
            b.Bind(child);
        }
        if (!hasUser)
            return;
        b.Call(Syscall.Setresgid, 0, 0, 0);
        b.Call(Syscall.Setresuid, 0, 0, 0);
    }

    // The container's /proc may be anything by now: a procfs of our own.
    static Slot AppArmorProc(Compilation c, Process process)
    {
        if (!c.Host.AppArmor || process.ApparmorProfile is not { Length: > 0 })
            return default;
        var b = c.Builder.About("process.apparmorProfile");
        var context = b.CallInto(Syscall.Fsopen, b.Text("proc"), MountCalls.FsopenCloexec);
        b.Call(Syscall.Fsconfig, context, MountCalls.FsconfigCmdCreate, 0, 0, 0);
        return b.CallInto(Syscall.Fsmount, context, MountCalls.FsmountCloexec, 0);
    }
}
