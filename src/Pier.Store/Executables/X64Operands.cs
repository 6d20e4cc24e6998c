namespace Pier.Store.Executables;

/// <summary>
/// The general registers by the numbers that instructions use (Intel SDM volume 2, table 3-1; bit 3 goes into the REX prefix).
/// </summary>
enum X64Register
{
    Rax = 0,
    Rcx = 1,
    Rdx = 2,
    Rbx = 3,
    Rsp = 4,
    Rbp = 5,
    Rsi = 6,
    Rdi = 7,
    R8 = 8,
    R9 = 9,
    R10 = 10,
    R11 = 11,
    R12 = 12,
    R13 = 13,
    R14 = 14,
    R15 = 15,
}

/// <summary>Conditions of jumps by their encodings (Intel SDM volume 2, appendix B.1.4).</summary>
enum X64Condition
{
    Equal = 0x4,
    NotEqual = 0x5,
    Negative = 0x8,
    Less = 0xC,
    Greater = 0xF,
}

/// <summary>A place in the code or data that instructions refer to; made by <see cref="X64Assembler.NewLabel"/>.</summary>
readonly record struct X64Label(int Index);
