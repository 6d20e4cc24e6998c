using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pier.Linux.Launch;

/// <summary>
/// A program with addresses and file descriptors: one block of unmanaged memory that holds contexts, ops, slots and data.
/// It is launched once; afterwards its slots hold results.
/// </summary>
public sealed unsafe class LoadedProgram : IDisposable
{
    // Strings end in NUL inside the data, but the last one's end is only the sender's word: zeros follow the data.
    const int Guard = 64;

    void* _block;

    /// <summary>
    /// Loads a program. <paramref name="imports"/> are in the order of <see cref="LaunchProgram.Imports"/>; they must stay open until the
    /// launch is done. Throws <see cref="InvalidDataException"/> when the program is malformed or the imports do not fit.
    /// </summary>
    public LoadedProgram(LaunchProgram program, IReadOnlyList<SafeFileHandle> imports)
    {
        ProgramVerifier.Check(program);
        if (imports.Count != program.Imports.Count)
            throw new InvalidDataException(
                $"launch program: {program.Imports.Count} file descriptors are imported, {imports.Count} were given"
            );
        CloneFlags = program.CloneFlags;
        Imports = imports;
        var opsAt = 2 * sizeof(LaunchContext) + 2 * sizeof(LaunchFailure);
        var slotsAt = opsAt + program.Ops.Count * sizeof(Op);
        var dataAt = slotsAt + program.SlotCount * sizeof(long);
        _block = NativeMemory.AllocZeroed((nuint)(dataAt + program.Data.Length + Guard));
        var start = (byte*)_block;
        Context = (LaunchContext*)start;
        Child = Context + 1;
        Failure = (LaunchFailure*)(Child + 1);
        *Failure = new LaunchFailure { Op = -1 };
        var ops = (Op*)(start + opsAt);
        var slots = (long*)(start + slotsAt);
        var data = start + dataAt;
        program.Data.Span.CopyTo(new Span<byte>(data, program.Data.Length));
        foreach (var at in program.DataRelocations)
            *(long*)(data + at) += (long)data;
        for (var i = 0; i < imports.Count; i++)
            slots[i] = (int)imports[i].DangerousGetHandle();
        for (var i = 0; i < program.Ops.Count; i++)
            ops[i] = Relocate(program.Ops[i], program.PointerMasks[i], data);
        *Context = new LaunchContext
        {
            Ops = ops,
            Count = program.Ops.Count,
            Slots = slots,
            Failure = Failure,
            Child = Child,
            ErrorFd = -1,
        };
    }

    internal LaunchContext* Context { get; }
    internal LaunchContext* Child { get; }
    internal LaunchFailure* Failure { get; }
    internal ulong CloneFlags { get; }
    internal IReadOnlyList<SafeFileHandle> Imports { get; }

    /// <summary>True when the program clones again: the second child is the process that was asked for.</summary>
    public bool ClonesAgain { get; private set; }

    Op Relocate(Op op, byte pointers, byte* data)
    {
        for (var a = 0; a < 6; a++)
            if ((pointers >> a & 1) != 0)
                op.Args[a] += (long)data;
        if (op.Number == OpCode.Clone)
        {
            ClonesAgain = true;
            op.Args[0] |= (nint)(Namespaces.CloneFlags.Vm | Namespaces.CloneFlags.VFork);
        }
        return op;
    }

    /// <summary>Frees the memory. The launched child must have exec'd or ended.</summary>
    public void Dispose()
    {
        NativeMemory.Free(_block);
        _block = null;
        GC.SuppressFinalize(this);
    }

    ~LoadedProgram() => NativeMemory.Free(_block);
}
