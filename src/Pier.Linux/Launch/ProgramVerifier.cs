using System.Buffers.Binary;

namespace Pier.Linux.Launch;

/// <summary>
/// Checks a program that came over a socket as strictly as <see cref="ProgramBuilder"/> checks one that is built: the
/// interpreter trusts every index and offset (CVE-2021-43784 was a length that nobody checked again).
/// </summary>
static class ProgramVerifier
{
    /// <summary>Throws <see cref="InvalidDataException"/> when an index, offset or count is out of bounds.</summary>
    public static void Check(LaunchProgram program)
    {
        var ops = program.Ops.Count;
        Require(ops is > 0 and <= ProgramBuilder.MaxOps, "number of ops");
        Require(program.Data.Length <= ProgramBuilder.MaxData, "size of data");
        Require(program.SlotCount is >= 0 and <= ProgramBuilder.MaxSlots, "number of slots");
        Require(program.Imports.Count <= program.SlotCount, "number of imports");
        Require(program.PointerMasks.Count == ops, "number of pointer masks");
        var clones = 0;
        for (var i = 0; i < ops; i++)
        {
            CheckOp(program, i);
            if (program.Ops[i].Number == OpCode.Clone)
                clones++;
        }
        Require(clones <= 1, "number of clones");
        Require(IsTerminal(program.Ops[ops - 1].Number), "last op");
        foreach (var at in program.DataRelocations)
        {
            Require(at >= 0 && at % 8 == 0 && at <= program.Data.Length - 8, "relocation");
            Require(IsOffset(program, BinaryPrimitives.ReadInt64LittleEndian(program.Data.Span[at..])), "relocated pointer");
        }
    }

    static unsafe void CheckOp(LaunchProgram program, int index)
    {
        var op = program.Ops[index];
        var number = op.Number;
        Require(
            number is OpCode.Return or OpCode.Clone or OpCode.Jump || SyscallTable.Name(number) is not null,
            $"op {index}: number {number}"
        );
        Require(op.OnError <= (byte)OnError.Jump, $"op {index}: error action");
        Require(op.Result >= -1 && op.Result < program.SlotCount, $"op {index}: result slot");
        Require(((op.References | program.PointerMasks[index]) & ~0x3f) == 0, $"op {index}: argument kinds");
        Require((op.References & program.PointerMasks[index]) == 0, $"op {index}: argument is slot and pointer");
        if (number is OpCode.Clone or OpCode.Jump || op.OnError == (byte)OnError.Jump)
            Require(op.Target > index && op.Target < program.Ops.Count, $"op {index}: target");
        for (var a = 0; a < 6; a++)
        {
            if ((op.References >> a & 1) != 0)
                Require(op.Args[a] >= 0 && op.Args[a] < program.SlotCount, $"op {index}: slot");
            if ((program.PointerMasks[index] >> a & 1) != 0)
                Require(IsOffset(program, op.Args[a]), $"op {index}: pointer");
        }
    }

    static bool IsOffset(LaunchProgram program, long offset) => offset >= 0 && offset < program.Data.Length;

    static bool IsTerminal(int number) => number == OpCode.Return || SyscallTable.Name(number) is "execve" or "execveat" or "exit_group";

    static void Require(bool condition, string what)
    {
        if (!condition)
            throw new InvalidDataException($"launch program: bad {what}");
    }
}
