using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Pier.Linux.Launch;

/// <summary>
/// Builds a <see cref="LaunchProgram"/>. Everything is checked here, so that what reaches the interpreter needs no checks:
/// slots and pointers are in range, jumps lead forward, strings hold no NUL, the last op never returns.
/// </summary>
public sealed class ProgramBuilder(Architecture architecture)
{
    /// <summary>Limits that also bound what a supervisor accepts.</summary>
    public const int MaxOps = 4096,
        MaxData = 4 << 20,
        MaxSlots = 1024;

    readonly List<Op> _ops = [];
    readonly List<string> _subjects = [];
    readonly List<byte> _pointerMasks = [];
    readonly List<byte> _data = [];
    readonly List<int> _relocations = [];
    readonly List<string> _imports = [];
    readonly List<int> _labels = [];
    readonly List<(int Op, int Label)> _jumps = [];
    readonly Dictionary<string, DataPointer> _strings = [];
    int _slots;
    string _subject = "program";

    public ProgramBuilder()
        : this(RuntimeInformation.ProcessArchitecture) { }

    /// <summary>CLONE_NEW* flags of the first clone (man 2 clone).</summary>
    public ulong CloneFlags { get; set; }

    /// <summary>What the ops that follow are about: a spec path and a name, for example "mounts[3] /proc".</summary>
    public ProgramBuilder About(string subject)
    {
        _subject = subject;
        return this;
    }

    /// <summary>A file descriptor that the launcher hands in. All imports come before all other slots.</summary>
    public Slot Import(string name)
    {
        if (_slots != _imports.Count)
            throw new InvalidOperationException("imports come before other slots");
        _imports.Add(name);
        return NewSlot();
    }

    /// <summary>A slot for the result of an op.</summary>
    public Slot NewSlot() =>
        _slots < MaxSlots ? new Slot(_slots++) : throw new InvalidOperationException($"a program has at most {MaxSlots} slots");

    /// <summary>A NUL-terminated UTF-8 string; equal strings share one place.</summary>
    public DataPointer Text(string text)
    {
        if (text.Contains('\0'))
            throw new ArgumentException($"{_subject}: a string contains a NUL byte");
        if (_strings.TryGetValue(text, out var known))
            return known;
        var bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return _strings[text] = Append(bytes, 1);
    }

    /// <summary>Raw bytes (a structure, a filter), aligned to 8.</summary>
    public DataPointer Bytes(ReadOnlySpan<byte> bytes) => Append(bytes, 8);

    /// <summary>A value of a blittable structure, aligned to 8.</summary>
    public DataPointer Struct<T>(in T value)
        where T : unmanaged => Append(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)), 8);

    /// <summary>A NULL-terminated vector of strings, as execve takes it.</summary>
    public DataPointer Vector(IReadOnlyList<string> texts)
    {
        var pointers = texts.Select(Text).ToArray();
        var vector = Append(new byte[8 * (pointers.Length + 1)], 8);
        for (var i = 0; i < pointers.Length; i++)
            Point(vector, 8 * i, pointers[i]);
        return vector;
    }

    /// <summary>Makes the 8-byte word at <paramref name="offset"/> of a structure point to another place.</summary>
    public void Point(DataPointer structure, int offset, DataPointer target)
    {
        var at = structure.Offset + offset;
        if (at < 0 || at + 8 > _data.Count || at % 8 != 0)
            throw new ArgumentOutOfRangeException(nameof(offset));
        BinaryPrimitives.WriteInt64LittleEndian(CollectionsMarshal.AsSpan(_data)[at..], target.Offset);
        _relocations.Add(at);
    }

    /// <summary>A label to jump to; it is bound later.</summary>
    public Label NewLabel()
    {
        _labels.Add(-1);
        return new Label(_labels.Count - 1);
    }

    /// <summary>Binds a label to the next op.</summary>
    public void Bind(Label label)
    {
        if (_labels[label.Index] >= 0)
            throw new InvalidOperationException("a label is bound once");
        _labels[label.Index] = _ops.Count;
    }

    /// <summary>A system call that must succeed.</summary>
    public void Call(Syscall call, params ReadOnlySpan<Argument> arguments) => Add(call, arguments, OnError.Fail, 0, null, null);

    /// <summary>A system call that must succeed and whose result goes into a new slot.</summary>
    public Slot CallInto(Syscall call, params ReadOnlySpan<Argument> arguments)
    {
        var slot = NewSlot();
        Add(call, arguments, OnError.Fail, 0, null, slot);
        return slot;
    }

    /// <summary>A system call that must succeed and whose result goes into a slot that exists already.</summary>
    public void CallInto(Slot slot, Syscall call, params ReadOnlySpan<Argument> arguments) =>
        Add(call, arguments, OnError.Fail, 0, null, slot);

    /// <summary>A system call whose failure does not matter.</summary>
    public void Try(Syscall call, params ReadOnlySpan<Argument> arguments) => Add(call, arguments, OnError.Ignore, 0, null, null);

    /// <summary>A system call that may fail with one errno.</summary>
    public void CallUnless(int errno, Syscall call, params ReadOnlySpan<Argument> arguments) =>
        Add(call, arguments, OnError.IgnoreErrno, errno, null, null);

    /// <summary>A system call; on <paramref name="errno"/> (0: any) the program goes on at <paramref name="label"/>.</summary>
    public void CallOrJump(int errno, Label label, Syscall call, params ReadOnlySpan<Argument> arguments) =>
        Add(call, arguments, OnError.Jump, errno, label, null);

    /// <summary>As <see cref="CallOrJump"/>, with the result in a new slot.</summary>
    public Slot CallIntoOrJump(int errno, Label label, Syscall call, params ReadOnlySpan<Argument> arguments)
    {
        var slot = NewSlot();
        Add(call, arguments, OnError.Jump, errno, label, slot);
        return slot;
    }

    /// <summary>The second clone: the child goes on at <paramref name="child"/>; see <see cref="OpCode.Clone"/>.</summary>
    public void Clone(ulong flags, Label child)
    {
        if (_ops.Exists(o => o.Number == OpCode.Clone))
            throw new InvalidOperationException("a program clones at most once more");
        AddOp(OpCode.Clone, [flags], OnError.Fail, 0, child, null);
    }

    /// <summary>Goes on at a label.</summary>
    public void Jump(Label label) => AddOp(OpCode.Jump, [], OnError.Fail, 0, label, null);

    /// <summary>Returns from the interpreter: for warming it up and for tests, never for a child (<see cref="OpCode.Return"/>).</summary>
    internal void Return() => AddOp(OpCode.Return, [], OnError.Fail, 0, null, null);

    /// <summary>Checks the whole and makes the program.</summary>
    public LaunchProgram Build()
    {
        foreach (var (op, label) in _jumps)
        {
            var target = _labels[label];
            if (target <= op || target >= _ops.Count)
                throw new InvalidOperationException(
                    $"op {op} ({_subjects[op]}) jumps to {target}: labels are bound, lead forward and to an op"
                );
            CollectionsMarshal.AsSpan(_ops)[op].Target = target;
        }
        if (_ops.Count == 0 || !Terminal(_ops[^1].Number))
            throw new InvalidOperationException("a program ends in execve, execveat or exit_group");
        return new LaunchProgram(
            [.. _ops],
            [.. _data],
            [.. _relocations],
            [.. _pointerMasks],
            [.. _imports],
            _slots,
            CloneFlags,
            [.. _subjects]
        );
    }

    bool Terminal(int number) =>
        number == SyscallTable.Number(Syscall.Execve, architecture)
        || number == SyscallTable.Number(Syscall.Execveat, architecture)
        || number == SyscallTable.Number(Syscall.ExitGroup, architecture)
        || number == OpCode.Return;

    void Add(Syscall call, ReadOnlySpan<Argument> arguments, OnError onError, int errno, Label? label, Slot? result) =>
        AddOp(SyscallTable.Number(call, architecture), arguments, onError, errno, label, result);

    unsafe void AddOp(int number, ReadOnlySpan<Argument> arguments, OnError onError, int errno, Label? label, Slot? result)
    {
        if (_ops.Count == MaxOps)
            throw new InvalidOperationException($"a program has at most {MaxOps} ops");
        if (arguments.Length > 6)
            throw new ArgumentException($"{_subject}: a system call takes at most 6 arguments");
        var op = new Op
        {
            Number = number,
            OnError = (byte)onError,
            Errno = errno,
            Result = (short)(result?.Index ?? -1),
        };
        byte pointers = 0;
        for (var i = 0; i < arguments.Length; i++)
        {
            var argument = arguments[i];
            op.Args[i] = argument.Value;
            if (argument.Form == Argument.Kind.Slot)
            {
                if (argument.Value < 0 || argument.Value >= _slots)
                    throw new ArgumentException($"{_subject}: no slot {argument.Value}");
                op.References |= (byte)(1 << i);
            }
            else if (argument.Form == Argument.Kind.Pointer)
            {
                if (argument.Value < 0 || argument.Value >= _data.Count)
                    throw new ArgumentException($"{_subject}: no data at {argument.Value}");
                pointers |= (byte)(1 << i);
            }
        }
        if (label is { } target)
            _jumps.Add((_ops.Count, target.Index));
        _ops.Add(op);
        _pointerMasks.Add(pointers);
        _subjects.Add(_subject);
    }

    DataPointer Append(ReadOnlySpan<byte> bytes, int alignment)
    {
        while (_data.Count % alignment != 0)
            _data.Add(0);
        if (_data.Count + bytes.Length > MaxData)
            throw new InvalidOperationException($"{_subject}: a program's data is at most {MaxData} bytes");
        var at = new DataPointer(_data.Count);
        _data.AddRange(bytes);
        return at;
    }
}
