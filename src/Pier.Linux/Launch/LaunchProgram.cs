namespace Pier.Linux.Launch;

/// <summary>
/// A compiled program: ops and data without addresses or file descriptors, so that it can be stored, compared and sent.
/// The launcher gives it both (imports by number, data by address) just before the clone.
/// </summary>
public sealed class LaunchProgram
{
    internal LaunchProgram(
        Op[] ops,
        byte[] data,
        int[] dataRelocations,
        byte[] pointerMasks,
        string[] imports,
        int slots,
        ulong cloneFlags,
        string[] subjects
    )
    {
        Ops = ops;
        Data = data;
        DataRelocations = dataRelocations;
        PointerMasks = pointerMasks;
        Imports = imports;
        SlotCount = slots;
        CloneFlags = cloneFlags;
        Subjects = subjects;
    }

    /// <summary>The operations, in order.</summary>
    public IReadOnlyList<Op> Ops { get; }

    /// <summary>Strings, vectors and structures that ops point to. Pointers in it are offsets from its start.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>Offsets of 8-byte words in <see cref="Data"/> that hold an offset and become addresses when loaded.</summary>
    public IReadOnlyList<int> DataRelocations { get; }

    /// <summary>By op: bit i set when Args[i] is an offset into <see cref="Data"/>.</summary>
    public IReadOnlyList<byte> PointerMasks { get; }

    /// <summary>Names of the file descriptors that the launcher has to hand in; import i is slot i.</summary>
    public IReadOnlyList<string> Imports { get; }

    /// <summary>Number of slots, imports included.</summary>
    public int SlotCount { get; }

    /// <summary>CLONE_NEW* flags of the first clone.</summary>
    public ulong CloneFlags { get; }

    /// <summary>By op: what it is about, for errors and dumps ("mounts[3] /proc"). Stays with the compiler's side, is never sent.</summary>
    public IReadOnlyList<string> Subjects { get; }
}
