namespace Pier.Linux.Launch;

/// <summary>A slot of the program: a file descriptor handed in by the launcher (an import) or the result of an earlier op.</summary>
public readonly record struct Slot(int Index);

/// <summary>A place in the program's data: an offset from its start that becomes an address when the program is loaded.</summary>
public readonly record struct DataPointer(int Offset);

/// <summary>A label inside the program, bound to an op index once (<see cref="ProgramBuilder.Bind"/>).</summary>
public readonly record struct Label(int Index);

/// <summary>One argument of an op: an immediate value, a pointer into the program's data, or a slot.</summary>
public readonly struct Argument
{
    internal enum Kind : byte
    {
        Immediate,
        Pointer,
        Slot,
    }

    internal Kind Form { get; }
    internal long Value { get; }

    Argument(Kind form, long value) => (Form, Value) = (form, value);

    public static implicit operator Argument(int value) => new(Kind.Immediate, value);

    public static implicit operator Argument(uint value) => new(Kind.Immediate, value);

    public static implicit operator Argument(long value) => new(Kind.Immediate, value);

    public static implicit operator Argument(ulong value) => new(Kind.Immediate, unchecked((long)value));

    public static implicit operator Argument(Slot slot) => new(Kind.Slot, slot.Index);

    public static implicit operator Argument(DataPointer pointer) => new(Kind.Pointer, pointer.Offset);
}
