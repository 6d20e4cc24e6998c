using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Pier.Linux.Launch;

/// <summary>
/// Writes programs as text: one op a line, strings, vectors and slots decoded. The text is stable, golden files are made of it.
/// </summary>
public static class Disassembler
{
    const int MaxText = 200,
        MaxBytes = 64;

    /// <summary>Writes the whole program.</summary>
    public static void Write(LaunchProgram program, TextWriter output)
    {
        output.Write($"program {program.Ops.Count} ops, {program.Data.Length} bytes of data, {program.SlotCount} slots\n");
        if (program.CloneFlags != 0)
            output.Write($"clone {Flags(program.CloneFlags, CloneNames)}\n");
        for (var i = 0; i < program.Imports.Count; i++)
            output.Write($"import ${i} {program.Imports[i]}\n");
        var subject = "";
        for (var i = 0; i < program.Ops.Count; i++)
        {
            if (i < program.Subjects.Count && program.Subjects[i] != subject)
            {
                subject = program.Subjects[i];
                output.Write($"\n# {subject}\n");
            }
            output.Write(string.Create(CultureInfo.InvariantCulture, $"{i, 4}  {Line(program, i)}\n"));
        }
    }

    /// <summary>One op: "$3 = openat(AT_FDCWD, "/x", 0x80000) unless 2".</summary>
    public static string Line(LaunchProgram program, int index)
    {
        var op = program.Ops[index];
        var text = new StringBuilder();
        if (op.Result >= 0)
            text.Append(CultureInfo.InvariantCulture, $"{Slot(program, op.Result)} = ");
        switch (op.Number)
        {
            case OpCode.Return:
                return text.Append("return").ToString();
            case OpCode.Jump:
                return text.Append(CultureInfo.InvariantCulture, $"jump {op.Target}").ToString();
            case OpCode.Clone:
                text.Append(CultureInfo.InvariantCulture, $"clone({Argument(program, index, 0, 'c')}) child {op.Target}");
                break;
            default:
                Call(program, index, text);
                break;
        }
        return text.Append(
                (OnError)op.OnError switch
                {
                    OnError.Ignore => " try",
                    OnError.IgnoreErrno => $" unless {op.Errno}",
                    OnError.Jump => op.Errno == 0 ? $" or jump {op.Target}" : $" on {op.Errno} jump {op.Target}",
                    _ => "",
                }
            )
            .ToString();
    }

    static void Call(LaunchProgram program, int index, StringBuilder text)
    {
        var name = SyscallTable.Name(program.Ops[index].Number);
        var form = name is null ? "xxxxxx" : Forms.GetValueOrDefault(name, "xxxxxx");
        text.Append(name ?? $"syscall_{program.Ops[index].Number}").Append('(');
        for (var a = 0; a < form.Length; a++)
        {
            if (a > 0)
                text.Append(", ");
            text.Append(Argument(program, index, a, form[a]));
        }
        text.Append(')');
    }

    // What the arguments of each call are (man section 2): s string, v vector of strings, d decimal, x hexadecimal, o octal, f
    // descriptor, p data,
    // n namespace flags, c clone flags, m mount flags, _ nothing worth showing.
    static readonly Dictionary<string, string> Forms = new()
    {
        ["read"] = "fpd",
        ["write"] = "fpd",
        ["close"] = "f",
        ["close_range"] = "ddx",
        ["openat"] = "fsxo",
        ["openat2"] = "fspd",
        ["open_tree"] = "fsx",
        ["move_mount"] = "fsfsx",
        ["fsopen"] = "sx",
        ["fsconfig"] = "fdssd",
        ["fsmount"] = "fxx",
        ["fspick"] = "fsx",
        ["mount_setattr"] = "fsxpd",
        ["mount"] = "sssms",
        ["umount2"] = "sx",
        ["pivot_root"] = "ss",
        ["chdir"] = "s",
        ["fchdir"] = "f",
        ["chroot"] = "s",
        ["mkdirat"] = "fso",
        ["mknodat"] = "fsox",
        ["symlinkat"] = "sfs",
        ["unlinkat"] = "fsx",
        ["fchmodat"] = "fso",
        ["fchownat"] = "fsddx",
        ["fchmod"] = "fo",
        ["fchown"] = "fdd",
        ["dup3"] = "ffx",
        ["pipe2"] = "px",
        ["ioctl"] = "fxx",
        ["fcntl"] = "fdd",
        ["rt_sigaction"] = "dpdd",
        ["rt_sigprocmask"] = "dpdd",
        ["setsid"] = "",
        ["setpgid"] = "dd",
        ["setns"] = "fn",
        ["unshare"] = "n",
        ["prctl"] = "dxxxx",
        ["capset"] = "pp",
        ["setgroups"] = "dp",
        ["setresuid"] = "ddd",
        ["setresgid"] = "ddd",
        ["umask"] = "o",
        ["sethostname"] = "sd",
        ["setdomainname"] = "sd",
        ["seccomp"] = "dxp",
        ["prlimit64"] = "ddpp",
        ["setpriority"] = "ddd",
        ["ioprio_set"] = "ddx",
        ["sched_setscheduler"] = "ddp",
        ["sched_setattr"] = "dpd",
        ["sched_setaffinity"] = "ddp",
        ["personality"] = "x",
        ["keyctl"] = "dxxxx",
        ["socket"] = "ddd",
        ["getpid"] = "",
        ["kill"] = "dd",
        ["exit_group"] = "d",
        ["execve"] = "svv",
        ["execveat"] = "fsvvx",
        ["faccessat"] = "fsx",
        ["pidfd_open"] = "dx",
        ["wait4"] = "dpxp",
        ["nanosleep"] = "pp",
    };

    static readonly (ulong Bit, string Name)[] CloneNames =
    [
        (0x100, "VM"),
        (0x4000, "VFORK"),
        (0x8000, "PARENT"),
        (0x20000, "NEWNS"),
        (0x100000, "PARENT_SETTID"),
        (0x2000000, "NEWCGROUP"),
        (0x4000000, "NEWUTS"),
        (0x8000000, "NEWIPC"),
        (0x10000000, "NEWUSER"),
        (0x20000000, "NEWPID"),
        (0x40000000, "NEWNET"),
    ];

    // linux/mount.h
    static readonly (ulong Bit, string Name)[] MountNames =
    [
        (1, "RDONLY"),
        (2, "NOSUID"),
        (4, "NODEV"),
        (8, "NOEXEC"),
        (0x20, "REMOUNT"),
        (0x400, "NOATIME"),
        (0x1000, "BIND"),
        (0x2000, "MOVE"),
        (0x4000, "REC"),
        (1 << 17, "UNBINDABLE"),
        (1 << 18, "PRIVATE"),
        (1 << 19, "SLAVE"),
        (1 << 20, "SHARED"),
        (1 << 21, "RELATIME"),
        (1 << 24, "STRICTATIME"),
    ];

    static unsafe string Argument(LaunchProgram program, int index, int argument, char form)
    {
        var op = program.Ops[index];
        var value = op.Args[argument];
        if ((op.References >> argument & 1) != 0)
            return Slot(program, (int)value);
        if ((program.PointerMasks[index] >> argument & 1) != 0)
            return form switch
            {
                's' => Text(program.Data.Span, value),
                'v' => Vector(program, value),
                _ => Bytes(program, value),
            };
        return form switch
        {
            's' or 'v' or 'p' when value == 0 => "NULL",
            'f' when value == -100 => "AT_FDCWD",
            'o' when value != 0 => "0" + Convert.ToString(value, 8),
            'n' or 'c' => Flags((ulong)value, CloneNames),
            'm' => Flags((ulong)value, MountNames),
            'x' when value is < 0 or > 9 => $"0x{value:x}",
            _ => value.ToString(CultureInfo.InvariantCulture),
        };
    }

    static string Slot(LaunchProgram program, int slot) => slot < program.Imports.Count ? $"${slot}:{program.Imports[slot]}" : $"${slot}";

    static string Flags(ulong flags, (ulong Bit, string Name)[] names)
    {
        if (flags == 0)
            return "0";
        var words = new List<string>();
        foreach (var (bit, name) in names)
        {
            if ((flags & bit) == 0)
                continue;
            words.Add(name);
            flags &= ~bit;
        }
        if (flags != 0)
            words.Add($"0x{flags:x}");
        return string.Join('|', words);
    }

    static string Text(ReadOnlySpan<byte> data, long offset)
    {
        var rest = data[(int)offset..];
        var end = rest.IndexOf((byte)0);
        var text = Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
        var shown = new StringBuilder("\"");
        foreach (var c in text.Length > MaxText ? text[..MaxText] : text)
            shown.Append(
                c is '"' or '\\' ? $"\\{c}"
                : c < ' ' ? $"\\x{(int)c:x2}"
                : c.ToString()
            );
        return shown.Append(text.Length > MaxText ? "\"..." : "\"").ToString();
    }

    static string Vector(LaunchProgram program, long offset)
    {
        var words = new List<string>();
        for (var at = (int)offset; program.DataRelocations.Contains(at); at += 8)
            words.Add(Text(program.Data.Span, BinaryPrimitives.ReadInt64LittleEndian(program.Data.Span[at..])));
        return $"[{string.Join(", ", words)}]";
    }

    /// <summary>
    /// Structures have no length of their own: what is shown ends where something else begins, before trailing zeros, or after some
    /// bytes.
    /// </summary>
    static string Bytes(LaunchProgram program, long offset)
    {
        var end = Math.Min(program.Data.Length, offset + MaxBytes);
        foreach (var place in Places(program))
            if (place > offset && place < end)
                end = place;
        var shown = program.Data.Span[(int)offset..(int)end].TrimEnd((byte)0);
        return shown.IsEmpty ? "{0}" : $"{{{Convert.ToHexStringLower(shown)}}}";
    }

    /// <summary>Offsets that something points to.</summary>
    static IEnumerable<long> Places(LaunchProgram program)
    {
        foreach (var at in program.DataRelocations)
            yield return BinaryPrimitives.ReadInt64LittleEndian(program.Data.Span[at..]);
        for (var i = 0; i < program.Ops.Count; i++)
        for (var a = 0; a < 6; a++)
            if ((program.PointerMasks[i] >> a & 1) != 0)
                yield return Pointer(program, i, a);
    }

    static unsafe long Pointer(LaunchProgram program, int index, int argument)
    {
        var op = program.Ops[index];
        return op.Args[argument];
    }
}
