using static Pier.Store.Executables.X64Condition;
using static Pier.Store.Executables.X64Register;

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

/// <summary>What takes a few instructions each.</summary>
static class X64Sequences
{
    public static void Call(this X64Assembler a, X64SystemCall call)
    {
        a.Move(Rax, (int)call);
        a.Syscall();
    }

    /// <summary>
    /// Jumps unless the bytes at an address begin with a text of ASCII letters. Reads no byte behind the first that differs, so never
    /// behind a string's end. Changes rax.
    /// </summary>
    public static void JumpUnless(this X64Assembler a, X64Register address, string text, X64Label otherwise)
    {
        for (var i = 0; i < text.Length; i++)
        {
            a.LoadByte(Rax, address, i);
            a.Compare(Rax, text[i]);
            a.JumpIf(NotEqual, otherwise);
        }
    }
}
