using static Pier.Store.Executables.X64Condition;
using static Pier.Store.Executables.X64Register;

namespace Pier.Store.Executables;

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
