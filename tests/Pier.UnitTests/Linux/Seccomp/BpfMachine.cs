using System.Buffers.Binary;
using Pier.Linux.Seccomp;

namespace Pier.UnitTests.Linux.Seccomp;

/// <summary>Runs a classic BPF program over struct seccomp_data, as the kernel does; only what filters use.</summary>
static class BpfMachine
{
    public static uint Run(byte[] program, uint arch, uint number, params ulong[] arguments)
    {
        var data = new byte[64];
        BinaryPrimitives.WriteUInt32LittleEndian(data, number);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(4), arch);
        for (var i = 0; i < arguments.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(16 + 8 * i), arguments[i]);
        uint accumulator = 0;
        for (var at = 0; ; at++)
        {
            var i = BpfInstruction.Read(program.AsSpan(8 * at));
            switch (i.Code)
            {
                case BpfInstruction.LoadWord:
                    accumulator = BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan((int)i.Operand));
                    break;
                case BpfInstruction.AndOperand:
                    accumulator &= i.Operand;
                    break;
                case BpfInstruction.ReturnOperand:
                    return i.Operand;
                case BpfInstruction.JumpAlways:
                    at += (int)i.Operand;
                    break;
                case BpfInstruction.JumpEqual:
                    at += accumulator == i.Operand ? i.True : i.False;
                    break;
                case BpfInstruction.JumpGreater:
                    at += accumulator > i.Operand ? i.True : i.False;
                    break;
                case BpfInstruction.JumpGreaterOrEqual:
                    at += accumulator >= i.Operand ? i.True : i.False;
                    break;
                default:
                    throw new InvalidDataException($"instruction {i.Code:x}");
            }
        }
    }
}
