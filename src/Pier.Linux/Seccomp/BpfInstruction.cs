using System.Buffers.Binary;

namespace Pier.Linux.Seccomp;

/// <summary>struct sock_filter (linux/filter.h): code, jumps when true and false, operand.</summary>
public readonly record struct BpfInstruction(ushort Code, byte True, byte False, uint Operand)
{
    // Class | size or operation | source (linux/bpf_common.h).
    public const ushort LoadWord = 0x20,
        JumpAlways = 0x05,
        JumpEqual = 0x15,
        JumpGreater = 0x25,
        JumpGreaterOrEqual = 0x35,
        AndOperand = 0x54,
        ReturnOperand = 0x06;

    public static BpfInstruction Load(int offset) => new(LoadWord, 0, 0, (uint)offset);

    public static BpfInstruction And(uint mask) => new(AndOperand, 0, 0, mask);

    public static BpfInstruction Return(uint value) => new(ReturnOperand, 0, 0, value);

    public static BpfInstruction Jump(int distance) => new(JumpAlways, 0, 0, (uint)distance);

    public static BpfInstruction JumpIfEqual(uint value, int whenTrue, int whenFalse) => Branch(JumpEqual, value, whenTrue, whenFalse);

    public static BpfInstruction JumpIfGreater(uint value, int whenTrue, int whenFalse) => Branch(JumpGreater, value, whenTrue, whenFalse);

    public static BpfInstruction JumpIfGreaterOrEqual(uint value, int whenTrue, int whenFalse) =>
        Branch(JumpGreaterOrEqual, value, whenTrue, whenFalse);

    static BpfInstruction Branch(ushort code, uint value, int whenTrue, int whenFalse) =>
        whenTrue is >= 0 and <= 255 && whenFalse is >= 0 and <= 255
            ? new(code, (byte)whenTrue, (byte)whenFalse, value)
            : throw new ArgumentException("a rule has too many conditions");

    public void Write(Span<byte> at)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(at, Code);
        at[2] = True;
        at[3] = False;
        BinaryPrimitives.WriteUInt32LittleEndian(at[4..], Operand);
    }

    public static BpfInstruction Read(ReadOnlySpan<byte> at) =>
        new(BinaryPrimitives.ReadUInt16LittleEndian(at), at[2], at[3], BinaryPrimitives.ReadUInt32LittleEndian(at[4..]));
}
