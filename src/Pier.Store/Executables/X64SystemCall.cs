namespace Pier.Store.Executables;

/// <summary>
/// System calls by their numbers on x86-64 (the kernel's syscall_64.tbl). Arguments go into rdi, rsi, rdx, r10, r8, r9; the result, or
/// the negative error number, comes in rax (psABI of x86-64, A.2.1).
/// </summary>
enum X64SystemCall
{
    Write = 1,
    RtSigaction = 13,
    RtSigprocmask = 14,
    Ioctl = 16,
    Getpid = 39,
    Clone = 56,
    Execve = 59,
    Wait4 = 61,
    Kill = 62,
    Setpgid = 109,
    RtSigtimedwait = 128,
    Prctl = 157,
    ExitGroup = 231,
}
