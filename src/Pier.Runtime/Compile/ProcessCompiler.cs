using Pier.Linux;
using Pier.Linux.Capabilities;
using Pier.Linux.Launch;
using Pier.Linux.Mounts;
using Pier.Model.Runtime;

namespace Pier.Runtime.Compile;

/// <summary>What a container's first process and an executed one have in common: everything from the finished root to execve.</summary>
static class ProcessCompiler
{
    public static void Finish(
        Compilation c,
        Process process,
        UserSection user,
        ExecSection exec,
        SeccompProgram? seccomp,
        Slot proc,
        bool limits
    )
    {
        AppArmor(c, process, proc);
        StdioSection.Own(c, process.User.Uid);
        Close(c, exec);
        if (limits)
            user.Limits();
        user.Become();
        // Loading a filter without no_new_privs takes CAP_SYS_ADMIN: kept until then, and dropped right after.
        user.SetCapabilities(seccomp is not null && !process.NoNewPrivileges ? 1UL << Capability.SysAdmin : 0);
        exec.WorkingDirectory();
        exec.Execute();
    }

    public static void SessionKeyring(Compilation c)
    {
        const int joinSessionKeyring = 1;
        var b = c.Builder.About("session keyring");
        b.Try(Syscall.Keyctl, joinSessionKeyring, b.Text("_ses." + c.Facts.Key));
    }

    public static void Personality(Compilation c, LinuxPersonality? personality)
    {
        const int linux32 = 8;
        if (personality is null)
            return;
        var domain = personality.Domain switch
        {
            "LINUX" => 0,
            "LINUX32" => linux32,
            _ => throw Compilation.Invalid("linux.personality.domain", $"invalid personality domain \"{personality.Domain}\""),
        };
        c.Builder.About("linux.personality").Call(Syscall.Personality, domain);
    }

    static void AppArmor(Compilation c, Process process, Slot proc)
    {
        if (process.ApparmorProfile is not { Length: > 0 } profile || profile == "unconfined")
            return;
        if (!c.Host.AppArmor)
            throw Compilation.Invalid("process.apparmorProfile", "apparmor is not enabled on this host");
        c.Builder.About($"process.apparmorProfile {profile}");
        c.Write(
            c.Open(proc, "self/attr/apparmor/exec", OpenFlags.WriteOnly, OpenFlags.ResolveBeneath | OpenFlags.ResolveNoMagiclinks),
            $"exec {profile}"
        );
    }

    /// <summary>
    /// No descriptor of the engine reaches the process (CVE-2016-9962, CVE-2024-21626). They are closed and not just marked: under a small
    /// RLIMIT_NOFILE nothing could be opened any more while the low numbers are taken.
    /// </summary>
    static void Close(Compilation c, ExecSection exec)
    {
        const int cloexec = 4;
        var kept = exec.KeepStartDescriptors();
        // A forked child tells its failure through a pipe, which stays open until execve.
        c.Builder.About("descriptors")
            .Call(Syscall.CloseRange, 3 + c.Facts.PreservedFds + kept, uint.MaxValue, c.Facts.WaitsForStart ? cloexec : 0);
    }
}
