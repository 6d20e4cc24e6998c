using Pier.Store.Executables;
using static Pier.Store.Executables.X64Condition;
using static Pier.Store.Executables.X64Register;

namespace Pier.UnitTests.Store.Executables;

public class X64AssemblerTests
{
    // The bytes are what an assembler and a disassembler of binutils agree on.
    static readonly (string Name, Action<X64Assembler> Write, string Bytes)[] Instructions =
    [
        ("mov edi, 1", a => a.Move(Rdi, 1), "BF01000000"),
        ("mov r10d, 8", a => a.Move(R10, 8), "41BA08000000"),
        ("mov r13, rbx", a => a.Move(R13, Rbx), "4989DD"),
        ("mov rdi, rsp", a => a.Move(Rdi, Rsp), "4889E7"),
        ("mov rdx, r15", a => a.Move(Rdx, R15), "4C89FA"),
        ("mov rsi, [r12+0]", a => a.Load(Rsi, R12, 0), "498BB42400000000"),
        ("mov r15, [rsp+16]", a => a.Load(R15, Rsp, 16), "4C8BBC2410000000"),
        ("mov rbx, [rdi+8]", a => a.Load(Rbx, Rdi, 8), "488B9F08000000"),
        ("mov rax, [rbp+0]", a => a.Load(Rax, Rbp, 0), "488B8500000000"),
        ("mov rax, [r13+0]", a => a.Load(Rax, R13, 0), "498B8500000000"),
        ("mov [rsp+56], rax", a => a.Store(Rsp, 56, Rax), "4889842438000000"),
        ("mov [r8-8], r9", a => a.Store(R8, -8, R9), "4D8988F8FFFFFF"),
        ("movzx rax, byte [rsi+4]", a => a.LoadByte(Rax, Rsi, 4), "480FB68604000000"),
        ("movzx r9, byte [r12+0]", a => a.LoadByte(R9, R12, 0), "4D0FB68C2400000000"),
        ("mov [rdi+0], al", a => a.StoreByte(Rdi, 0, Rax), "40888700000000"),
        ("mov [rax+0], sil", a => a.StoreByte(Rax, 0, Rsi), "4088B000000000"),
        ("mov [rsp+0], r8b", a => a.StoreByte(Rsp, 0, R8), "4488842400000000"),
        ("lea r8, [rsp+4095]", a => a.Address(R8, Rsp, 4095), "4C8D8424FF0F0000"),
        ("add r13, r12", a => a.Add(R13, R12), "4D01E5"),
        ("add r12, 8", a => a.Add(R12, 8), "4981C408000000"),
        ("sub rdx, rsi", a => a.Subtract(Rdx, Rsi), "4829F2"),
        ("sub rsp, 4096", a => a.Subtract(Rsp, 4096), "4881EC00100000"),
        ("and r15, 0x7f", a => a.And(R15, 0x7F), "4981E77F000000"),
        ("cmp rax, -2", a => a.Compare(Rax, -2), "4881F8FEFFFFFF"),
        ("cmp rdi, r8", a => a.Compare(Rdi, R8), "4C39C7"),
        ("shl r13, 3", a => a.ShiftLeft(R13, 3), "49C1E503"),
        ("shr rdx, 8", a => a.ShiftRight(Rdx, 8), "48C1EA08"),
        ("ret", a => a.Return(), "C3"),
        ("syscall", a => a.Syscall(), "0F05"),
        ("text", a => a.Text("é"), "C3A900"),
    ];

    public static TheoryData<string> Names => [.. Instructions.Select(i => i.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Instructions_have_their_documented_encodings(string name)
    {
        var (_, write, bytes) = Instructions.Single(i => i.Name == name);
        Assert.Equal(bytes, Bytes(write));
    }

    [Fact]
    public void References_go_forwards_and_backwards_from_the_next_instruction() =>
        Assert.Equal(
            "E907000000"
                + // 00 jmp 0C
                "E8F6FFFFFF"
                + // 05 call 00
                "0F05"
                + // 0A syscall
                "0F84EEFFFFFF"
                + // 0C je 00
                "4C8D3D00000000"
                + // 12 lea r15, [rip+0] = 19
                "C3", // 19 ret
            Bytes(a =>
            {
                var (start, middle, end) = (a.NewLabel(), a.NewLabel(), a.NewLabel());
                a.Bind(start);
                a.Jump(middle);
                a.Call(start);
                a.Syscall();
                a.Bind(middle);
                a.JumpIf(Equal, start);
                a.Address(R15, end);
                a.Bind(end);
                a.Return();
            })
        );

    [Theory]
    [InlineData(NotEqual, "0F85FAFFFFFF")]
    [InlineData(Negative, "0F88FAFFFFFF")]
    [InlineData(Less, "0F8CFAFFFFFF")]
    [InlineData(Greater, "0F8FFAFFFFFF")]
    internal void Conditions_have_their_documented_encodings(X64Condition condition, string bytes) =>
        Assert.Equal(
            bytes,
            Bytes(a =>
            {
                var here = a.NewLabel();
                a.Bind(here);
                a.JumpIf(condition, here);
            })
        );

    [Fact]
    public void Labels_have_exactly_one_place()
    {
        var a = new X64Assembler();
        var label = a.NewLabel();
        a.Jump(label);
        Assert.Throws<InvalidOperationException>(a.ToArray);
        a.Bind(label);
        Assert.Throws<InvalidOperationException>(() => a.Bind(label));
    }

    [Fact]
    public void A_negative_immediate_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new X64Assembler().Move(Rax, -1));

    static string Bytes(Action<X64Assembler> write)
    {
        var assembler = new X64Assembler();
        write(assembler);
        return Convert.ToHexString(assembler.ToArray());
    }
}
