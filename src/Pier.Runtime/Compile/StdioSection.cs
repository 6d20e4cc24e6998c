using Pier.Linux;
using Pier.Linux.Launch;

namespace Pier.Runtime.Compile;

/// <summary>
/// What a process is born with: default signals, a session, its control groups, its stdio, its score for the out-of-memory killer.
/// </summary>
static class StdioSection
{
    const int Signals = 64,
        Kill = 9,
        Stop = 19,
        SignalSetSize = 8;

    /// <summary>Every disposition is the default: ignored signals survive execve (man 7 signal), and .NET ignores SIGPIPE.</summary>
    public static void ResetSignals(Compilation c)
    {
        var b = c.Builder.About("signals");
        var defaults = b.Bytes(new byte[32]); // struct sigaction of the kernel: SIG_DFL, no flags, no restorer, empty mask
        for (var signal = 1; signal <= Signals; signal++)
            if (signal is not (Kill or Stop))
                b.Call(Syscall.RtSigaction, signal, defaults, 0, SignalSetSize);
    }

    public static void JoinCgroups(Compilation c)
    {
        foreach (var name in c.Facts.Cgroups)
        {
            c.Builder.About($"linux.cgroupsPath {name}");
            c.Write(c.Imported($"cgroup.{name}"), "0");
        }
    }

    /// <summary>The three descriptors in their places. Imports never sit below 3.</summary>
    public static void Stdio(Compilation c, bool terminal)
    {
        const int setControllingTerminal = 0x540E;
        var b = c.Builder.About("stdio");
        string[] names = ["stdin", "stdout", "stderr"];
        for (var i = 0; i < names.Length; i++)
            b.Call(Syscall.Dup3, c.Imported(names[i]), i, 0);
        if (terminal)
            b.About("process.terminal").Call(Syscall.Ioctl, 0, setControllingTerminal, 0);
    }

    /// <summary>Pipes and terminals belong to the user, so that it can open /dev/stdout again; host files keep their owner.</summary>
    public static void Own(Compilation c, uint uid)
    {
        if (uid == 0 && !c.Facts.HasUser)
            return;
        c.Builder.About("stdio owner");
        for (var i = 0; i < 3; i++)
            if ((c.Facts.OwnStdio >> i & 1) != 0)
                c.Builder.Try(Syscall.Fchown, i, uid, -1);
    }

    /// <summary>
    /// Written while the host's /proc is still there: it goes on to the children, and a new user namespace may not write it.
    /// </summary>
    public static void OomScore(Compilation c, int? score)
    {
        if (score is not { } value)
            return;
        var b = c.Builder.About($"process.oomScoreAdj {value}");
        var file = b.CallInto(
            Syscall.Openat,
            Linux.Mounts.MountCalls.AtFdcwd,
            b.Text("/proc/self/oom_score_adj"),
            Linux.Mounts.OpenFlags.WriteOnly | Linux.Mounts.OpenFlags.CloseOnExec,
            0
        );
        c.Write(file, value.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
