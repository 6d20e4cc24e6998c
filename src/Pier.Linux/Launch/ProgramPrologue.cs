namespace Pier.Linux.Launch;

/// <summary>What nearly every program begins and ends with.</summary>
public static class ProgramPrologue
{
    const int SIGKILL = 9,
        SIGSTOP = 19,
        SIG_SETMASK = 2,
        LastSignal = 64,
        SignalSetSize = 8;

    /// <summary>
    /// Sets every disposition to SIG_DFL. .NET ignores SIGPIPE, and ignored signals stay ignored across execve (man 2 execve).
    /// </summary>
    public static void Signals(ProgramBuilder builder)
    {
        builder.About("signals");
        var defaults = builder.Bytes(new byte[32]); // struct kernel_sigaction: SIG_DFL, no flags, empty mask
        for (var signal = 1; signal <= LastSignal; signal++)
            if (signal is not (SIGKILL or SIGSTOP))
                builder.Call(Syscall.RtSigaction, signal, defaults, 0, SignalSetSize);
    }

    /// <summary>Ignores signals, after <see cref="Signals"/>.</summary>
    public static void Ignore(ProgramBuilder builder, params ReadOnlySpan<int> signals)
    {
        builder.About("ignored signals");
        var action = new byte[32]; // struct kernel_sigaction
        action[0] = 1; // SIG_IGN
        var ignore = builder.Bytes(action);
        foreach (var signal in signals)
            builder.Call(Syscall.RtSigaction, signal, ignore, 0, SignalSetSize);
    }

    /// <summary>Unblocks every signal: the launcher blocked them all for the clone. Belongs right before execve.</summary>
    public static void Unblock(ProgramBuilder builder)
    {
        builder.About("signal mask");
        builder.Call(Syscall.RtSigprocmask, SIG_SETMASK, builder.Bytes(new byte[SignalSetSize]), 0, SignalSetSize);
    }
}
