using Pier.Linux.Namespaces;

namespace Pier.Runtime.Compile;

/// <summary>Kernel parameters that belong to a namespace, and so to a container.</summary>
static class Sysctl
{
    static readonly string[] Ipc =
    [
        "kernel.msgmax",
        "kernel.msgmnb",
        "kernel.msgmni",
        "kernel.sem",
        "kernel.shmall",
        "kernel.shmmax",
        "kernel.shmmni",
        "kernel.shm_rmid_forced",
    ];

    /// <summary>Refuses what would change the host (ipc and net parameters without an own namespace, everything else always).</summary>
    public static void Check(string name, NamespaceSection namespaces)
    {
        var dotted = Dotted(name);
        var allowed = dotted switch
        {
            _ when Ipc.Contains(dotted) || dotted.StartsWith("fs.mqueue.", StringComparison.Ordinal) => namespaces.Own(CloneFlags.NewIpc),
            _ when dotted.StartsWith("net.", StringComparison.Ordinal) => namespaces.Own(CloneFlags.NewNetwork),
            "kernel.domainname" => namespaces.Own(CloneFlags.NewUts),
            _ when dotted.StartsWith("user.", StringComparison.Ordinal) => namespaces.HasUser,
            _ => false,
        };
        if (!allowed)
            throw Compilation.Invalid("linux.sysctl", $"sysctl \"{name}\" is not in a separate kernel namespace");
    }

    /// <summary>
    /// The path below /proc/sys. Whichever of "." and "/" comes first separates; the other then stands for itself (man 5 sysctl.d).
    /// </summary>
    public static string Path(string name)
    {
        var path = SlashFirst(name) ? name : Swap(name);
        if (path.Split('/').Any(p => p is "" or "." or ".."))
            throw Compilation.Invalid("linux.sysctl", $"bad name \"{name}\"");
        return path;
    }

    static string Dotted(string name) => SlashFirst(name) ? Swap(name) : name;

    static bool SlashFirst(string name) => name.IndexOfAny(['.', '/']) is var at and >= 0 && name[at] == '/';

    static string Swap(string name) =>
        string.Create(
            name.Length,
            name,
            static (span, text) =>
            {
                for (var i = 0; i < text.Length; i++)
                    span[i] = text[i] switch
                    {
                        '.' => '/',
                        '/' => '.',
                        var other => other,
                    };
            }
        );
}
