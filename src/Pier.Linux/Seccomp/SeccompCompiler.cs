using System.Buffers.Binary;

namespace Pier.Linux.Seccomp;

/// <summary>
/// Compiles a policy to classic BPF (kernel documentation, userspace-api/seccomp_filter). Numbers are found by binary search over ranges
/// with the same answer, so that a call costs about ten instructions; unconditional answers read nothing but the number, which lets the
/// kernel cache them. Pure.
/// </summary>
public static class SeccompCompiler
{
    const uint X64Arch = 0xC000003E,
        I386Arch = 0x40000003,
        Arm64Arch = 0xC00000B7,
        X32Bit = 0x40000000;
    const int NumberOffset = 0,
        ArchOffset = 4,
        MaxInstructions = 4096;

    /// <summary>
    /// struct sock_filter instructions, 8 bytes each. Throws <see cref="ArgumentException"/> when the kernel would take no program so long.
    /// </summary>
    public static byte[] Compile(SeccompPolicy policy)
    {
        var code = new List<BpfInstruction> { BpfInstruction.Load(ArchOffset) };
        foreach (var (arch, abis) in Architectures(policy.Abis))
        {
            var section = Section(policy, abis);
            // The jump over a section may be longer than a conditional jump reaches.
            code.Add(BpfInstruction.JumpIfEqual(arch, 1, 0));
            code.Add(BpfInstruction.Jump(section.Count));
            code.AddRange(section);
        }
        code.Add(BpfInstruction.Return(SeccompReturn.KillProcess));
        if (code.Count > MaxInstructions)
            throw new ArgumentException($"the seccomp filter has {code.Count} instructions, the kernel takes {MaxInstructions}");
        var bytes = new byte[8 * code.Count];
        for (var i = 0; i < code.Count; i++)
            code[i].Write(bytes.AsSpan(8 * i));
        return bytes;
    }

    static IEnumerable<(uint Arch, SeccompAbi[] Abis)> Architectures(IReadOnlyList<SeccompAbi> abis)
    {
        var x64 = abis.Where(a => a is SeccompAbi.X64 or SeccompAbi.X32).Distinct().ToArray();
        if (x64.Length > 0)
            yield return (X64Arch, x64);
        if (abis.Contains(SeccompAbi.I386))
            yield return (I386Arch, [SeccompAbi.I386]);
        if (abis.Contains(SeccompAbi.Arm64))
            yield return (Arm64Arch, [SeccompAbi.Arm64]);
    }

    static List<BpfInstruction> Section(SeccompPolicy policy, SeccompAbi[] abis)
    {
        var answers = new SortedDictionary<uint, Answer>();
        foreach (var abi in abis)
        foreach (var (number, answer) in Answers(policy, abi))
            answers[number] = answer;
        var ranges = Ranges(answers, policy.Default, abis);
        var code = new List<BpfInstruction> { BpfInstruction.Load(NumberOffset) };
        Search(code, ranges, 0, ranges.Count);
        return code;
    }

    /// <summary>
    /// What each number of an ABI is answered. A rule without conditions beats those with; otherwise the first that holds counts.
    /// </summary>
    static Dictionary<uint, Answer> Answers(SeccompPolicy policy, SeccompAbi abi)
    {
        var rules = new Dictionary<uint, List<SeccompFilterRule>>();
        foreach (var rule in policy.Rules.Where(r => r.Return != policy.Default))
        {
            foreach (var name in rule.Names)
            {
                var number = SeccompSyscalls.Known.Number(name, abi);
                if (number < 0)
                    continue;
                var full = (uint)number | (abi == SeccompAbi.X32 ? X32Bit : 0);
                if (!rules.TryGetValue(full, out var list))
                    rules[full] = list = [];
                list.Add(rule);
            }
        }
        return rules.ToDictionary(
            r => r.Key,
            r =>
                r.Value.Find(x => x.Conditions.Count == 0) is { } plain ? new Answer(plain.Return, []) : new Answer(policy.Default, r.Value)
        );
    }

    /// <summary>All numbers from 0 to 2^32-1 as ranges with one answer each; numbers of an ABI that is not allowed kill.</summary>
    static List<(uint From, Answer Answer)> Ranges(SortedDictionary<uint, Answer> answers, uint otherwise, SeccompAbi[] abis)
    {
        var byDefault = new Answer(otherwise, []);
        var ranges = new List<(uint From, Answer Answer)>();
        void Add(uint from, Answer answer)
        {
            if (ranges.Count > 0 && ranges[^1].From == from)
                ranges.RemoveAt(ranges.Count - 1);
            if (ranges.Count == 0 || !ranges[^1].Answer.Same(answer))
                ranges.Add((from, answer));
        }
        Add(0, abis is [SeccompAbi.X32] ? new Answer(SeccompReturn.KillProcess, []) : byDefault);
        foreach (var (number, answer) in answers)
        {
            Add(number, answer);
            Add(number + 1, byDefault);
        }
        if (abis is [SeccompAbi.X64])
        {
            ranges.RemoveAll(r => r.From >= X32Bit);
            Add(X32Bit, new Answer(SeccompReturn.KillProcess, []));
        }
        return ranges;
    }

    static void Search(List<BpfInstruction> code, List<(uint From, Answer Answer)> ranges, int first, int end)
    {
        if (end - first == 1)
        {
            code.AddRange(ranges[first].Answer.Code());
            return;
        }
        var middle = (first + end) / 2;
        var lower = new List<BpfInstruction>();
        Search(lower, ranges, first, middle);
        if (lower.Count <= byte.MaxValue)
            code.Add(BpfInstruction.JumpIfGreaterOrEqual(ranges[middle].From, lower.Count, 0));
        else
        {
            code.Add(BpfInstruction.JumpIfGreaterOrEqual(ranges[middle].From, 0, 1));
            code.Add(BpfInstruction.Jump(lower.Count));
        }
        code.AddRange(lower);
        Search(code, ranges, middle, end);
    }

    /// <summary>The answer to one number: rules with conditions, and what holds when none of them does.</summary>
    sealed record Answer(uint Otherwise, List<SeccompFilterRule> Rules)
    {
        public bool Same(Answer other) => Otherwise == other.Otherwise && Rules.SequenceEqual(other.Rules);

        public List<BpfInstruction> Code()
        {
            var code = new List<BpfInstruction>();
            foreach (var rule in Rules)
                code.AddRange(SeccompConditions.Code(rule));
            code.Add(BpfInstruction.Return(Otherwise));
            return code;
        }
    }
}
