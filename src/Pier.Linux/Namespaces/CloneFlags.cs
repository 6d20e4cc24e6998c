namespace Pier.Linux.Namespaces;

/// <summary>Flags of clone(2), unshare(2) and setns(2) (linux/sched.h).</summary>
[Flags]
public enum CloneFlags : ulong
{
    None = 0,
    Vm = 0x100,
    Parent = 0x8000,
    ParentSetTid = 0x100000,
    NewTime = 0x80,
    NewMount = 0x20000,
    NewCgroup = 0x2000000,
    NewUts = 0x4000000,
    NewIpc = 0x8000000,
    NewUser = 0x10000000,
    NewPid = 0x20000000,
    NewNetwork = 0x40000000,

    /// <summary>SIGCHLD in the low byte: what the parent gets when the child ends.</summary>
    SignalChild = 17,
}

/// <summary>A kind of namespace: the OCI spec's word, the kernel's file in /proc/PID/ns and the flag.</summary>
public sealed record NamespaceKind(string Word, string File, CloneFlags Flag)
{
    /// <summary>Every kind, in the order in which they are joined: what needs the host's privileges first, the user namespace last.</summary>
    public static IReadOnlyList<NamespaceKind> All { get; } =
    [
        new("network", "net", CloneFlags.NewNetwork),
        new("ipc", "ipc", CloneFlags.NewIpc),
        new("uts", "uts", CloneFlags.NewUts),
        new("cgroup", "cgroup", CloneFlags.NewCgroup),
        new("time", "time", CloneFlags.NewTime),
        new("pid", "pid", CloneFlags.NewPid),
        new("mount", "mnt", CloneFlags.NewMount),
        new("user", "user", CloneFlags.NewUser),
    ];

    /// <summary>The kind that an OCI spec names, or null.</summary>
    public static NamespaceKind? Named(string word) => All.FirstOrDefault(k => k.Word == word);
}
