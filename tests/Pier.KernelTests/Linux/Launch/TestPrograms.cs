using Pier.Linux;
using Pier.Linux.Launch;

namespace Pier.KernelTests.Linux.Launch;

/// <summary>Small programs for tests.</summary>
static class TestPrograms
{
    public const ulong NewMount = 0x20000,
        NewCgroup = 0x2000000,
        NewUts = 0x4000000,
        NewIpc = 0x8000000,
        NewPid = 0x20000000,
        NewNet = 0x40000000;

    /// <summary>Runs a command with stdio imports (fds 0, 1, 2), in new namespaces when told.</summary>
    public static LaunchProgram Command(
        IReadOnlyList<string> argv,
        ulong namespaces = 0,
        bool stdio = false,
        bool tty = false,
        Action<ProgramBuilder>? before = null
    )
    {
        var builder = new ProgramBuilder { CloneFlags = namespaces };
        Slot? input = stdio ? builder.Import("stdin") : null,
            output = stdio ? builder.Import("stdout") : null,
            error = stdio ? builder.Import("stderr") : null;
        ProgramPrologue.Signals(builder);
        builder.About("session");
        builder.Call(Syscall.Setsid);
        if (input is { } i && output is { } o && error is { } e)
        {
            builder.About("stdio");
            builder.Call(Syscall.Dup3, i, 0, 0);
            builder.Call(Syscall.Dup3, o, 1, 0);
            builder.Call(Syscall.Dup3, e, 2, 0);
            if (tty)
                builder.Call(Syscall.Ioctl, 0, 0x540E, 0); // TIOCSCTTY
        }
        before?.Invoke(builder);
        builder.About("descriptors");
        builder.Call(Syscall.CloseRange, 3, uint.MaxValue, 4);
        ProgramPrologue.Unblock(builder);
        builder.About("process.args");
        builder.Call(
            Syscall.Execve,
            builder.Text(argv[0]),
            builder.Vector(argv),
            builder.Vector(["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"])
        );
        return builder.Build();
    }
}
