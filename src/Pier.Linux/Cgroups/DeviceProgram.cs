using System.Buffers.Binary;

namespace Pier.Linux.Cgroups;

/// <summary>
/// Builds the BPF program that decides about device access in cgroup v2. It keeps the asked kinds of access in a register, goes through the
/// rules from the last to the first, answers "no" at the first that denies one of them and "yes" when every one has been allowed.
/// </summary>
public static class DeviceProgram
{
    // Opcodes: class | source | operation (linux/bpf.h, linux/bpf_common.h). 32-bit arithmetic; jumps compare 64 bits of clean values.
    const byte LoadWord = 0x61,
        And = 0x54,
        ShiftRight = 0x74,
        MoveRegister = 0xbc,
        MoveImmediate = 0xb4,
        JumpEqual = 0x15,
        JumpNotEqual = 0x55,
        Exit = 0x95;

    // Registers: r0 the answer, r1 the context and later scratch, r2 type, r3 access still to be allowed, r4 major, r5 minor.
    const int Answer = 0,
        Context = 1,
        Type = 2,
        Access = 3,
        Major = 4,
        Minor = 5;

    /// <summary>Instructions of 8 bytes each. With no rule everything is denied.</summary>
    public static byte[] Build(IReadOnlyList<DeviceRule> rules)
    {
        var code = new List<ulong>
        {
            Instruction(LoadWord, Type, Context, 0, 0),
            Instruction(MoveRegister, Access, Type, 0, 0),
            Instruction(ShiftRight, Access, 0, 0, 16),
            Instruction(And, Type, 0, 0, 0xffff),
            Instruction(LoadWord, Major, Context, 4, 0),
            Instruction(LoadWord, Minor, Context, 8, 0),
        };
        for (var i = rules.Count - 1; i >= 0; i--)
        {
            Add(code, rules[i]);
            // Nothing before a rule about everything can matter.
            if (rules[i] is { Type: 'a', Major: null, Minor: null, Access: DeviceAccess.All })
                break;
        }
        Return(code, 0);
        var bytes = new byte[8 * code.Count];
        for (var i = 0; i < code.Count; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8 * i), code[i]);
        return bytes;
    }

    static void Add(List<ulong> code, DeviceRule rule)
    {
        var body = new List<ulong>();
        if (rule.Allow)
        {
            body.Add(Instruction(And, Access, 0, 0, ~(int)rule.Access & 7));
            body.Add(Instruction(JumpNotEqual, Access, 0, 2, 0));
            Return(body, 1);
        }
        else
        {
            body.Add(Instruction(MoveRegister, Context, Access, 0, 0));
            body.Add(Instruction(And, Context, 0, 0, (int)rule.Access));
            body.Add(Instruction(JumpEqual, Context, 0, 2, 0));
            Return(body, 0);
        }
        var tests = new List<(int Register, int Value)>();
        if (rule.Type != 'a')
            tests.Add((Type, rule.Type == 'b' ? 1 : 2));
        if (rule.Major is { } major)
            tests.Add((Major, (int)major));
        if (rule.Minor is { } minor)
            tests.Add((Minor, (int)minor));
        for (var i = 0; i < tests.Count; i++)
            code.Add(Instruction(JumpNotEqual, tests[i].Register, 0, tests.Count - 1 - i + body.Count, tests[i].Value));
        code.AddRange(body);
    }

    static void Return(List<ulong> code, int answer)
    {
        code.Add(Instruction(MoveImmediate, Answer, 0, 0, answer));
        code.Add(Instruction(Exit, 0, 0, 0, 0));
    }

    // struct bpf_insn: opcode, destination and source register in one byte, 16-bit offset, 32-bit immediate.
    static ulong Instruction(byte opcode, int destination, int source, int offset, int immediate) =>
        opcode | (ulong)(destination | source << 4) << 8 | (ulong)(ushort)offset << 16 | (ulong)(uint)immediate << 32;
}
