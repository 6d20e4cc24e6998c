using System.Collections;
using System.Runtime.InteropServices;
using System.Text;

namespace Pier.Linux.Processes;

/// <summary>Attributes of this process (man 2 prctl, setsid, execve).</summary>
public static unsafe class ThisProcess
{
    /// <summary>Orphaned descendants become children of this process (PR_SET_CHILD_SUBREAPER); it survives execve.</summary>
    public static void BecomeSubreaper() => Prctl(Native.PR_SET_CHILD_SUBREAPER, 1, "PR_SET_CHILD_SUBREAPER");

    /// <summary>
    /// No process without CAP_SYS_PTRACE may look into this one (PR_SET_DUMPABLE 0): a child shares its memory until execve, also when it
    /// has
    /// joined a container already.
    /// </summary>
    public static void HideMemory() => Prctl(Native.PR_SET_DUMPABLE, 0, "PR_SET_DUMPABLE");

    /// <summary>The name that ps shows, at most 15 bytes.</summary>
    public static void Name(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name + "\0");
        fixed (byte* text = bytes)
            Prctl(Native.PR_SET_NAME, (nint)text, "PR_SET_NAME");
    }

    /// <summary>Raises the soft limit of open descriptors to the hard one: a supervisor holds several for each process.</summary>
    public static void RaiseDescriptorLimit()
    {
        var limits = stackalloc ulong[2]; // struct rlimit: soft, hard
        if (Native.GetLimit(Native.RLIMIT_NOFILE, limits) != 0)
            return;
        limits[0] = limits[1];
        _ = Native.SetLimit(Native.RLIMIT_NOFILE, limits);
    }

    /// <summary>Begins a session of its own, without a terminal; no effect when this process leads a group already.</summary>
    public static void BeginSession() => _ = Native.SetSid();

    /// <summary>
    /// Becomes another program in place: pid, children and descriptors without FD_CLOEXEC stay. Returns only by throwing.
    /// </summary>
    public static void Execute(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        var argv = Vector(arguments);
        var envp = Vector(environment);
        var file = (byte*)Marshal.StringToCoTaskMemUTF8(path);
        _ = Native.Execve(file, argv, envp);
        throw new LinuxException("execve", Marshal.GetLastPInvokeError(), path);
    }

    /// <summary>The environment as execve takes it.</summary>
    public static IEnumerable<string> Variables()
    {
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            yield return $"{variable.Key}={variable.Value}";
    }

    // Not freed: execve takes the memory with it, and when it fails this process has nothing left to do.
    static byte** Vector(IReadOnlyList<string> texts)
    {
        var vector = (byte**)NativeMemory.AllocZeroed((nuint)(texts.Count + 1), (nuint)sizeof(byte*));
        for (var i = 0; i < texts.Count; i++)
            vector[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
        return vector;
    }

    static void Prctl(int option, nint value, string name)
    {
        if (Native.Prctl(option, value, 0, 0, 0) != 0)
            throw new LinuxException("prctl", Marshal.GetLastPInvokeError(), name);
    }
}
