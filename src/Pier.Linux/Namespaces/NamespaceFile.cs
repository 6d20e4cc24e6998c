using Microsoft.Win32.SafeHandles;
using Pier.Linux.Descriptors;

namespace Pier.Linux.Namespaces;

/// <summary>Namespaces as files (man 7 namespaces, /proc/PID/ns).</summary>
public static class NamespaceFile
{
    /// <summary>Opens a namespace by its path (/proc/PID/ns/net, or a bind of one).</summary>
    public static SafeFileHandle Open(string path) => PlainFile.OpenRead(path);

    /// <summary>The namespaces in which a process differs from this one.</summary>
    public static CloneFlags Different(int pid)
    {
        CloneFlags flags = 0;
        foreach (var kind in NamespaceKind.All)
        {
            var theirs = PlainFile.Inode($"/proc/{pid}/ns/{kind.File}");
            if (theirs != 0 && theirs != PlainFile.Inode($"/proc/self/ns/{kind.File}"))
                flags |= kind.Flag;
        }
        return flags;
    }
}
