using Pier.Linux.Descriptors;

namespace Pier.Linux.Launch;

/// <summary>
/// Two ints that the kernel fills with the pids of the first and second child of a launch before they run (CLONE_PARENT_SETTID). In a
/// shared
/// mapping they tell a survivor of this process what it was about to launch.
/// </summary>
public readonly unsafe struct PidCells
{
    /// <summary>Cells at an offset of a mapping, which must outlive the launch.</summary>
    public PidCells(SharedMapping mapping, int offset)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + 8, mapping.Length);
        Start = (int*)(mapping.Start + offset);
    }

    internal int* Start { get; }

    /// <summary>Pid of the first child; 0 before the clone.</summary>
    public int First => Volatile.Read(ref *Start);

    /// <summary>Pid of the second child; 0 when there is none.</summary>
    public int Second => Volatile.Read(ref *(Start + 1));

    /// <summary>Forgets both.</summary>
    public void Clear()
    {
        Volatile.Write(ref *Start, 0);
        Volatile.Write(ref *(Start + 1), 0);
    }
}
