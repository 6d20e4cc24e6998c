namespace Pier.Linux.Namespaces;

/// <summary>A kind of namespace: the OCI spec's word, the kernel's file in /proc/PID/ns and the flag.</summary>
public sealed record NamespaceKind(string Word, string File, CloneFlags Flag)
{
    /// <summary>
    /// Every kind, in the order in which they are joined: what needs the host's privileges first, the user namespace last.
    /// </summary>
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
