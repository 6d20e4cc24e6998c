using System.Runtime.InteropServices;
using Pier.Linux;
using Pier.Linux.Launch;

namespace Pier.UnitTests.Linux.Launch;

/// <summary>A program that uses everything the format has.</summary>
static class SamplePrograms
{
    public static LaunchProgram Everything()
    {
        var builder = new ProgramBuilder(Architecture.X64) { CloneFlags = 0x20000000 | 0x20000 };
        var stdout = builder.Import("stdout");
        var root = builder.Import("root");
        ProgramPrologue.Signals(builder);
        builder.About("stdio");
        builder.Call(Syscall.Dup3, stdout, 1, 0);
        builder.About("mounts[0] /proc");
        var skip = builder.NewLabel();
        var target = builder.CallIntoOrJump(Errno.ENOENT, skip, Syscall.Openat, root, builder.Text("proc"), 0x200000, 0);
        builder.CallUnless(Errno.EBUSY, Syscall.Mount, builder.Text("proc"), builder.Text("/proc"), builder.Text("proc"), 14, 0);
        builder.Try(Syscall.Close, target);
        builder.Bind(skip);
        builder.About("second clone");
        var child = builder.NewLabel();
        builder.Clone(0x8000 | 17, child);
        builder.Call(Syscall.ExitGroup, 0);
        builder.Bind(child);
        var end = builder.NewLabel();
        builder.Jump(end);
        builder.Call(Syscall.Setsid);
        builder.Bind(end);
        ProgramPrologue.Unblock(builder);
        builder.About("process.args");
        builder.Call(Syscall.Execve, builder.Text("/bin/sh"), builder.Vector(["sh", "-c", "echo \"hi\"\n"]), builder.Vector(["A=b"]));
        return builder.Build();
    }
}
