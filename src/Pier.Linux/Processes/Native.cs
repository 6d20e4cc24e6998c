using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Processes;

/// <summary>siginfo_t as waitid fills it (asm-generic/siginfo.h): 128 bytes, the _sigchld arm.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
struct SignalInfo
{
    [FieldOffset(0)]
    public int Signal;

    [FieldOffset(8)]
    public int Code;

    [FieldOffset(16)]
    public int Pid;

    [FieldOffset(24)]
    public int Status;
}

/// <summary>struct pidfd_info (linux/pidfd.h, 6.13; exit code since 6.15), the first published size (PIDFD_INFO_SIZE_VER0).</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
struct PidFdInfo
{
    [FieldOffset(0)]
    public ulong Mask;

    [FieldOffset(60)]
    public int ExitCode;
}

static unsafe partial class Native
{
    public const int P_ALL = 0,
        P_PID = 1,
        P_PIDFD = 3;
    public const int WNOHANG = 1,
        WEXITED = 4,
        WNOWAIT = 0x1000000;
    public const int CLD_EXITED = 1,
        RLIMIT_NOFILE = 7;
    public const int PR_SET_DUMPABLE = 4,
        PR_SET_NAME = 15,
        PR_SET_CHILD_SUBREAPER = 36,
        PR_SET_PDEATHSIG = 1;
    public const nuint PIDFD_GET_INFO = 0xC040FF0B; // _IOWR(0xFF, 11, 64 bytes)
    public const ulong PIDFD_INFO_EXIT = 1 << 3;
    public const long PidfdOpen = 434,
        PidfdSendSignal = 424; // the same on x64 and arm64

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial long Syscall(long number, long a, long b, long c, long d);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial long Syscall(long number, SafeFileHandle a, long b, long c, long d);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    public static partial int WaitId(int kind, int id, SignalInfo* info, int options);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Ioctl(SafeFileHandle fd, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    public static partial int Prctl(int option, nint a, nint b, nint c, nint d);

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    public static partial int GetLimit(int resource, ulong* softAndHard);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    public static partial int SetLimit(int resource, ulong* softAndHard);

    [LibraryImport("libc", EntryPoint = "sigaction", SetLastError = true)]
    public static partial int SigAction(int signal, void* action, void* old);

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true)]
    public static partial int Execve(byte* path, byte** argv, byte** envp);

    [LibraryImport("libc", EntryPoint = "setsid", SetLastError = true)]
    public static partial int SetSid();
}
