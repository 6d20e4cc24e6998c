using System.Runtime.InteropServices;

namespace Pier.Linux;

/// <summary>
/// System calls that launch programs may contain. The members are names, not numbers: <see cref="SyscallTable"/> holds the
/// numbers by architecture in one place.
/// </summary>
public enum Syscall : ushort
{
    Read,
    Write,
    Close,
    CloseRange,
    Openat,
    Openat2,
    OpenTree,
    MoveMount,
    Fsopen,
    Fsconfig,
    Fsmount,
    Fspick,
    MountSetattr,
    Mount,
    Umount2,
    PivotRoot,
    Chdir,
    Fchdir,
    Chroot,
    Mkdirat,
    Mknodat,
    Symlinkat,
    Unlinkat,
    Fchmodat,
    Fchownat,
    Fchmod,
    Fchown,
    Dup3,
    Pipe2,
    Ioctl,
    Fcntl,
    RtSigaction,
    RtSigprocmask,
    Setsid,
    Setpgid,
    Setns,
    Unshare,
    Prctl,
    Capset,
    Setgroups,
    Setresuid,
    Setresgid,
    Umask,
    Sethostname,
    Setdomainname,
    Seccomp,
    Prlimit64,
    Setpriority,
    IoprioSet,
    SchedSetscheduler,
    SchedSetattr,
    SchedSetaffinity,
    Personality,
    SetMempolicy,
    Keyctl,
    Socket,
    Sendto,
    Connect,
    Recvmsg,
    Sendmsg,
    Wait4,
    Waitid,
    Getpid,
    Kill,
    ExitGroup,
    Execve,
    Execveat,
    Faccessat,
    Fstat,
    Nanosleep,
    PidfdOpen,
}

/// <summary>Numbers of <see cref="Syscall"/> by architecture (arch/x86/entry/syscalls/syscall_64.tbl, asm-generic/unistd.h).</summary>
public static class SyscallTable
{
    static readonly (Syscall Call, int X64, int Arm64)[] Rows =
    [
        (Syscall.Read, 0, 63),
        (Syscall.Write, 1, 64),
        (Syscall.Close, 3, 57),
        (Syscall.CloseRange, 436, 436),
        (Syscall.Openat, 257, 56),
        (Syscall.Openat2, 437, 437),
        (Syscall.OpenTree, 428, 428),
        (Syscall.MoveMount, 429, 429),
        (Syscall.Fsopen, 430, 430),
        (Syscall.Fsconfig, 431, 431),
        (Syscall.Fsmount, 432, 432),
        (Syscall.Fspick, 433, 433),
        (Syscall.MountSetattr, 442, 442),
        (Syscall.Mount, 165, 40),
        (Syscall.Umount2, 166, 39),
        (Syscall.PivotRoot, 155, 41),
        (Syscall.Chdir, 80, 49),
        (Syscall.Fchdir, 81, 50),
        (Syscall.Chroot, 161, 51),
        (Syscall.Mkdirat, 258, 34),
        (Syscall.Mknodat, 259, 33),
        (Syscall.Symlinkat, 266, 36),
        (Syscall.Unlinkat, 263, 35),
        (Syscall.Fchmodat, 268, 53),
        (Syscall.Fchownat, 260, 54),
        (Syscall.Fchmod, 91, 52),
        (Syscall.Fchown, 93, 55),
        (Syscall.Dup3, 292, 24),
        (Syscall.Pipe2, 293, 59),
        (Syscall.Ioctl, 16, 29),
        (Syscall.Fcntl, 72, 25),
        (Syscall.RtSigaction, 13, 134),
        (Syscall.RtSigprocmask, 14, 135),
        (Syscall.Setsid, 112, 157),
        (Syscall.Setpgid, 109, 154),
        (Syscall.Setns, 308, 268),
        (Syscall.Unshare, 272, 97),
        (Syscall.Prctl, 157, 167),
        (Syscall.Capset, 126, 91),
        (Syscall.Setgroups, 116, 159),
        (Syscall.Setresuid, 117, 147),
        (Syscall.Setresgid, 119, 149),
        (Syscall.Umask, 95, 166),
        (Syscall.Sethostname, 170, 161),
        (Syscall.Setdomainname, 171, 162),
        (Syscall.Seccomp, 317, 277),
        (Syscall.Prlimit64, 302, 261),
        (Syscall.Setpriority, 141, 140),
        (Syscall.IoprioSet, 251, 30),
        (Syscall.SchedSetscheduler, 144, 119),
        (Syscall.SchedSetattr, 314, 274),
        (Syscall.SchedSetaffinity, 203, 122),
        (Syscall.Personality, 135, 92),
        (Syscall.SetMempolicy, 238, 237),
        (Syscall.Keyctl, 250, 219),
        (Syscall.Socket, 41, 198),
        (Syscall.Sendto, 44, 206),
        (Syscall.Connect, 42, 203),
        (Syscall.Recvmsg, 47, 212),
        (Syscall.Sendmsg, 46, 211),
        (Syscall.Wait4, 61, 260),
        (Syscall.Waitid, 247, 95),
        (Syscall.Getpid, 39, 172),
        (Syscall.Kill, 62, 129),
        (Syscall.ExitGroup, 231, 94),
        (Syscall.Execve, 59, 221),
        (Syscall.Execveat, 322, 281),
        (Syscall.Faccessat, 269, 48),
        (Syscall.Fstat, 5, 80),
        (Syscall.Nanosleep, 35, 101),
        (Syscall.PidfdOpen, 434, 434),
    ];

    static readonly Dictionary<Syscall, int> X64 = Rows.ToDictionary(r => r.Call, r => r.X64);
    static readonly Dictionary<Syscall, int> Arm64 = Rows.ToDictionary(r => r.Call, r => r.Arm64);
    static readonly Dictionary<int, Syscall> Names = Rows.ToDictionary(
        r => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? r.Arm64 : r.X64,
        r => r.Call
    );

    /// <summary>The call's number on an architecture (x64 and arm64 are known).</summary>
    public static int Number(Syscall call, Architecture architecture) =>
        architecture switch
        {
            Architecture.X64 => X64[call],
            Architecture.Arm64 => Arm64[call],
            _ => throw new PlatformNotSupportedException($"no system call table for {architecture}"),
        };

    /// <summary>The call's number on the machine that this process runs on.</summary>
    public static int Number(Syscall call) => Number(call, RuntimeInformation.ProcessArchitecture);

    /// <summary>The name of a number on this machine, as man section 2 spells it, or null where programs may not use it.</summary>
    public static string? Name(int number) => Names.TryGetValue(number, out var call) ? Spell(call) : null;

    /// <summary>The name as man section 2 spells it: MoveMount is "move_mount".</summary>
    public static string Spell(Syscall call) =>
        call switch
        {
            Syscall.RtSigaction => "rt_sigaction",
            Syscall.RtSigprocmask => "rt_sigprocmask",
            Syscall.OpenTree => "open_tree",
            Syscall.MoveMount => "move_mount",
            Syscall.MountSetattr => "mount_setattr",
            Syscall.PivotRoot => "pivot_root",
            Syscall.CloseRange => "close_range",
            Syscall.ExitGroup => "exit_group",
            Syscall.IoprioSet => "ioprio_set",
            Syscall.SchedSetscheduler => "sched_setscheduler",
            Syscall.SchedSetattr => "sched_setattr",
            Syscall.SchedSetaffinity => "sched_setaffinity",
            Syscall.SetMempolicy => "set_mempolicy",
            Syscall.PidfdOpen => "pidfd_open",
            _ => call.ToString().ToLowerInvariant(),
        };
}
