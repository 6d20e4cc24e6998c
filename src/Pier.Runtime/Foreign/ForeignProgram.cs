using Pier.Linux;
using Pier.Linux.Launch;

namespace Pier.Runtime.Foreign;

/// <summary>
/// The program that starts another runtime's command as a supervised process: a session, its terminal, its stdio, execve.
/// </summary>
static class ForeignProgram
{
    const int SetControllingTerminal = 0x540E;

    public static LaunchProgram Compile(IReadOnlyList<string> command, bool terminal)
    {
        var b = new ProgramBuilder();
        Slot[] stdio = [b.Import("stdin"), b.Import("stdout"), b.Import("stderr")];
        ProgramPrologue.Signals(b);
        b.About("session").Call(Syscall.Setsid);
        b.About("stdio");
        for (var i = 0; i < stdio.Length; i++)
            b.Call(Syscall.Dup3, stdio[i], i, 0);
        if (terminal)
            b.Call(Syscall.Ioctl, 0, SetControllingTerminal, 0);
        b.Call(Syscall.CloseRange, 3, uint.MaxValue, 4);
        ProgramPrologue.Unblock(b);
        b.About($"runtime {command[0]}")
            .Call(
                Syscall.Execve,
                b.Text(command[0]),
                b.Vector(command),
                b.Vector(["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"])
            );
        return b.Build();
    }
}
