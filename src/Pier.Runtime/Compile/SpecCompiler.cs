using System.Runtime.InteropServices;
using Pier.Linux;
using Pier.Linux.Capabilities;
using Pier.Linux.Launch;
using Pier.Linux.Namespaces;
using Pier.Model.Runtime;

namespace Pier.Runtime.Compile;

/// <summary>
/// Turns a container's spec, the host's facts and what was prepared for this launch into a launch program. Pure: no file is opened, no call
/// made, the same input gives the same bytes.
/// </summary>
public static class SpecCompiler
{
    /// <summary>Compiles the first process of a container.</summary>
    /// <exception cref="Model.InvalidParameterException">The spec is wrong; the message names the spec path.</exception>
    public static LaunchProgram Compile(Spec spec, HostFacts host, LaunchFacts facts, SeccompProgram? seccomp = null) =>
        Compile(spec, host, facts, seccomp, RuntimeInformation.ProcessArchitecture);

    public static LaunchProgram Compile(Spec spec, HostFacts host, LaunchFacts facts, SeccompProgram? seccomp, Architecture architecture)
    {
        var process = spec.Process ?? throw Compilation.Invalid("process", "a container needs a process");
        var c = new Compilation(host, facts, architecture);
        Imports(c, spec, facts);
        var namespaces = new NamespaceSection(c, spec);
        var mounts = new MountSection(c, spec, namespaces);
        var devices = new DeviceSection(c, spec, namespaces.HasUser);
        var user = new UserSection(c, process, namespaces.HasUser);
        var exec = new ExecSection(c, process, user, seccomp);

        Enter(c, spec, process, namespaces, user);
        MakeEarlyAndPivot(c, mounts, spec);
        mounts.Attach(devices.Populate);
        devices.BindConsole();
        mounts.SealDev();
        Identity(c, spec, namespaces);
        namespaces.Loopback();
        MaskSection.Sysctls(c, spec.Linux, namespaces, () => mounts.Proc);
        exec.MakeWorkingDirectory(c.Imported("root"));
        MaskSection.ReadonlyPaths(c, spec.Linux);
        MaskSection.MaskedPaths(c, spec.Linux, devices.Null);
        RootSection.Propagation(c, spec.Linux?.RootfsPropagation);
        RootSection.ReadOnly(c, spec.Root);
        ProcessCompiler.Personality(c, spec.Linux?.Personality);
        ProcessCompiler.Finish(c, process, user, exec, seccomp, mounts.Proc, limits: !namespaces.HasUser);
        return c.Builder.Build();
    }

    /// <summary>The imports of a launch, in their order: whoever launches hands in descriptors by these names.</summary>
    static void Imports(Compilation c, Spec spec, LaunchFacts facts)
    {
        foreach (var name in (string[])["stdin", "stdout", "stderr", "root"])
            c.Import(name);
        foreach (var cgroup in facts.Cgroups)
            c.Import($"cgroup.{cgroup}");
        foreach (var ns in facts.JoinedNamespaces)
            c.Import($"ns.{ns}");
        foreach (var mount in facts.Mounts.Keys.Order())
            c.Import($"mount.{mount}");
        foreach (var import in facts.CgroupMounts)
            c.Import(import);
        if (facts.MapsUser)
            c.Import("mapped");
        if (facts.HasUser)
            for (var i = 0; i < DeviceSection.All(spec).Count; i++)
                c.Import($"device.{i}");
        if (facts.Devpts)
            c.Import("devpts");
        if (facts.WaitsForHooks)
            foreach (var name in (string[])["created", "hooks"])
                c.Import(name);
        if (facts.WaitsForStart)
            foreach (var name in (string[])["ready", "start"])
                c.Import(name);
    }

    static void Enter(Compilation c, Spec spec, Process process, NamespaceSection namespaces, UserSection user)
    {
        namespaces.SetFirstClone();
        StdioSection.ResetSignals(c);
        namespaces.AwaitMappings();
        // Who is in a user namespace already may not lower it; the launcher writes it then.
        if (!c.Facts.MapsUser)
            StdioSection.OomScore(c, process.OomScoreAdj);
        StdioSection.JoinCgroups(c);
        // In a user namespace nobody may raise a limit any more.
        if (namespaces.HasUser)
            user.Limits();
        namespaces.Join();
        namespaces.SecondClone();
        c.Builder.About("session").Call(Syscall.Setsid);
        StdioSection.Stdio(c, process.Terminal);
        namespaces.NewCgroupNamespace();
        ProcessCompiler.SessionKeyring(c);
        WaitForHooks(c);
    }

    static void WaitForHooks(Compilation c)
    {
        if (!c.Facts.WaitsForHooks)
            return;
        c.Builder.About("hooks");
        c.Write(c.Imported("created"), "c");
        c.Builder.Call(Syscall.Read, c.Imported("hooks"), c.Builder.Bytes(new byte[8]), 1);
    }

    static void MakeEarlyAndPivot(Compilation c, MountSection mounts, Spec spec)
    {
        c.Builder.About("umask").Call(Syscall.Umask, 0);
        mounts.MakeEarly();
        c.Builder.About("linux.sysctl");
        if (spec.Linux?.Sysctl is { Count: > 0 } || c.Host.AppArmor && spec.Process?.ApparmorProfile is { Length: > 0 })
            mounts.EnsureProc();
        RootSection.Pivot(c);
    }

    static void Identity(Compilation c, Spec spec, NamespaceSection namespaces)
    {
        if (spec.Hostname is { Length: > 0 } hostname)
        {
            if (!namespaces.Own(CloneFlags.NewUts))
                throw Compilation.Invalid("hostname", "unable to set hostname without a private UTS namespace");
            c.Builder.About("hostname")
                .Call(Syscall.Sethostname, c.Builder.Text(hostname), System.Text.Encoding.UTF8.GetByteCount(hostname));
        }
        if (spec.Domainname is { Length: > 0 } domainname)
        {
            if (!namespaces.Own(CloneFlags.NewUts))
                throw Compilation.Invalid("domainname", "unable to set domainname without a private UTS namespace");
            c.Builder.About("domainname")
                .Call(Syscall.Setdomainname, c.Builder.Text(domainname), System.Text.Encoding.UTF8.GetByteCount(domainname));
        }
    }
}
