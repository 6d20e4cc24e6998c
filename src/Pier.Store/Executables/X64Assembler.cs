using System.Buffers.Binary;
using System.Text;

namespace Pier.Store.Executables;

/// <summary>
/// Writes position-independent x86-64 machine code: the few instructions that <see cref="InitProgram"/> needs, each in one encoding
/// (Intel SDM volume 2). Operands are 64 bits wide; jumps and addresses of labels are 32 bits relative to the next instruction.
/// </summary>
sealed class X64Assembler
{
    const byte RexW = 0x48,
        RexPlain = 0x40;

    readonly List<byte> code = [];
    readonly List<int> places = [];
    readonly List<(int At, X64Label Label)> references = [];

    public X64Label NewLabel()
    {
        places.Add(-1);
        return new X64Label(places.Count - 1);
    }

    /// <summary>Puts the label here. A label has one place.</summary>
    public void Bind(X64Label label)
    {
        if (places[label.Index] >= 0)
            throw new InvalidOperationException("the label has a place already");
        places[label.Index] = code.Count;
    }

    /// <summary>mov r32, imm32 (B8+rd id): the upper half of the register becomes zero, so the value is not negative.</summary>
    public void Move(X64Register to, int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        if ((int)to >= 8)
            code.Add(0x41);
        code.Add((byte)(0xB8 + ((int)to & 7)));
        Add32(value);
    }

    /// <summary>mov r64, r64 (REX.W 89 /r).</summary>
    public void Move(X64Register to, X64Register from) => Registers(0x89, from, to);

    /// <summary>mov r64, [base + disp32] (REX.W 8B /r).</summary>
    public void Load(X64Register to, X64Register start, int offset) => Memory(RexW, [0x8B], to, start, offset);

    /// <summary>mov [base + disp32], r64 (REX.W 89 /r).</summary>
    public void Store(X64Register start, int offset, X64Register from) => Memory(RexW, [0x89], from, start, offset);

    /// <summary>movzx r64, byte [base + disp32] (REX.W 0F B6 /r).</summary>
    public void LoadByte(X64Register to, X64Register start, int offset) => Memory(RexW, [0x0F, 0xB6], to, start, offset);

    /// <summary>mov byte [base + disp32], r8 (REX 88 /r); with the prefix every register has a low byte of its own.</summary>
    public void StoreByte(X64Register start, int offset, X64Register from) => Memory(RexPlain, [0x88], from, start, offset);

    /// <summary>lea r64, [base + disp32] (REX.W 8D /r).</summary>
    public void Address(X64Register to, X64Register start, int offset) => Memory(RexW, [0x8D], to, start, offset);

    /// <summary>lea r64, [rip + rel32] (REX.W 8D, ModRM 00 reg 101).</summary>
    public void Address(X64Register to, X64Label label)
    {
        code.AddRange([Rex(RexW, to, 0), 0x8D, ModRm(0, to, (X64Register)5)]);
        Reference(label);
    }

    /// <summary>add r64, r64 (REX.W 01 /r).</summary>
    public void Add(X64Register to, X64Register from) => Registers(0x01, from, to);

    /// <summary>add r64, imm32 (REX.W 81 /0 id).</summary>
    public void Add(X64Register to, int value) => Immediate(0, to, value);

    /// <summary>sub r64, r64 (REX.W 29 /r).</summary>
    public void Subtract(X64Register from, X64Register what) => Registers(0x29, what, from);

    /// <summary>sub r64, imm32 (REX.W 81 /5 id).</summary>
    public void Subtract(X64Register from, int value) => Immediate(5, from, value);

    /// <summary>and r64, imm32 (REX.W 81 /4 id).</summary>
    public void And(X64Register to, int mask) => Immediate(4, to, mask);

    /// <summary>cmp r64, imm32, which is sign-extended (REX.W 81 /7 id).</summary>
    public void Compare(X64Register left, int right) => Immediate(7, left, right);

    /// <summary>cmp r64, r64 (REX.W 39 /r).</summary>
    public void Compare(X64Register left, X64Register right) => Registers(0x39, right, left);

    /// <summary>shl r64, imm8 (REX.W C1 /4 ib).</summary>
    public void ShiftLeft(X64Register register, byte bits) => Shift(4, register, bits);

    /// <summary>shr r64, imm8 (REX.W C1 /5 ib).</summary>
    public void ShiftRight(X64Register register, byte bits) => Shift(5, register, bits);

    /// <summary>jmp rel32 (E9 cd).</summary>
    public void Jump(X64Label to)
    {
        code.Add(0xE9);
        Reference(to);
    }

    /// <summary>jcc rel32 (0F 80+cc cd).</summary>
    public void JumpIf(X64Condition condition, X64Label to)
    {
        code.AddRange([0x0F, (byte)(0x80 + (int)condition)]);
        Reference(to);
    }

    /// <summary>call rel32 (E8 cd).</summary>
    public void Call(X64Label to)
    {
        code.Add(0xE8);
        Reference(to);
    }

    /// <summary>ret (C3).</summary>
    public void Return() => code.Add(0xC3);

    /// <summary>syscall (0F 05): changes rax, rcx and r11 and no other register (psABI of x86-64, A.2.1).</summary>
    public void Syscall() => code.AddRange([0x0F, 0x05]);

    /// <summary>A text in UTF-8 with a zero byte after it.</summary>
    public void Text(string text)
    {
        code.AddRange(Encoding.UTF8.GetBytes(text));
        code.Add(0);
    }

    /// <summary>The code with every reference filled in. Every label that is referred to must have a place.</summary>
    public byte[] ToArray()
    {
        var bytes = code.ToArray();
        foreach (var (at, label) in references)
        {
            if (places[label.Index] < 0)
                throw new InvalidOperationException("a label that is referred to has no place");
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), places[label.Index] - (at + 4));
        }
        return bytes;
    }

    void Registers(byte opcode, X64Register register, X64Register operand) =>
        code.AddRange([Rex(RexW, register, operand), opcode, ModRm(3, register, operand)]);

    void Immediate(int extension, X64Register operand, int value)
    {
        code.AddRange([Rex(RexW, 0, operand), 0x81, ModRm(3, (X64Register)extension, operand)]);
        Add32(value);
    }

    void Shift(int extension, X64Register operand, byte bits) =>
        code.AddRange([Rex(RexW, 0, operand), 0xC1, ModRm(3, (X64Register)extension, operand), bits]);

    void Memory(byte rex, ReadOnlySpan<byte> opcode, X64Register register, X64Register start, int offset)
    {
        code.Add(Rex(rex, register, start));
        code.AddRange(opcode);
        code.Add(ModRm(2, register, start));
        // The number of rsp and r12 means in ModRM that a SIB byte follows: no index, that base.
        if (((int)start & 7) == 4)
            code.Add(0x24);
        Add32(offset);
    }

    static byte Rex(byte rex, X64Register register, X64Register operand) => (byte)(rex | (int)register >> 3 << 2 | (int)operand >> 3);

    static byte ModRm(int mode, X64Register register, X64Register operand) =>
        (byte)(mode << 6 | ((int)register & 7) << 3 | ((int)operand & 7));

    void Reference(X64Label label)
    {
        references.Add((code.Count, label));
        Add32(0);
    }

    void Add32(int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        code.AddRange(bytes);
    }
}
