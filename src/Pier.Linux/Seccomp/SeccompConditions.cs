namespace Pier.Linux.Seccomp;

/// <summary>Code for the conditions of a rule. Arguments have 64 bits, the machine 32: high word first, then low.</summary>
static class SeccompConditions
{
    const int ArgumentsOffset = 16;

    /// <summary>Returns the rule's value when every condition holds, otherwise goes on with the instruction after.</summary>
    public static List<BpfInstruction> Code(SeccompFilterRule rule)
    {
        var code = new List<BpfInstruction> { BpfInstruction.Return(rule.Return) };
        // From the last to the first, so that the distance to the end is known.
        for (var i = rule.Conditions.Count - 1; i >= 0; i--)
        {
            var condition = One(rule.Conditions[i], code.Count);
            condition.AddRange(code);
            code = condition;
        }
        return code;
    }

    /// <summary>One condition; <paramref name="rest"/> instructions follow that are skipped when it does not hold.</summary>
    static List<BpfInstruction> One(SeccompCondition c, int rest)
    {
        var offset = ArgumentsOffset + 8 * c.Index;
        BpfInstruction high = BpfInstruction.Load(offset + 4),
            low = BpfInstruction.Load(offset);
        uint valueHigh = (uint)(c.Value >> 32),
            valueLow = (uint)c.Value;
        return c.Comparison switch
        {
            SeccompComparison.Equal =>
            [
                high,
                BpfInstruction.JumpIfEqual(valueHigh, 0, rest + 2),
                low,
                BpfInstruction.JumpIfEqual(valueLow, 0, rest),
            ],
            SeccompComparison.NotEqual =>
            [
                high,
                BpfInstruction.JumpIfEqual(valueHigh, 0, 2),
                low,
                BpfInstruction.JumpIfEqual(valueLow, rest, 0),
            ],
            SeccompComparison.Greater => Order(BpfInstruction.JumpIfGreater(valueLow, 0, rest), true),
            SeccompComparison.GreaterOrEqual => Order(BpfInstruction.JumpIfGreaterOrEqual(valueLow, 0, rest), true),
            SeccompComparison.LessOrEqual => Order(BpfInstruction.JumpIfGreater(valueLow, rest, 0), false),
            SeccompComparison.Less => Order(BpfInstruction.JumpIfGreaterOrEqual(valueLow, rest, 0), false),
            SeccompComparison.MaskedEqual =>
            [
                high,
                BpfInstruction.And(valueHigh),
                BpfInstruction.JumpIfEqual((uint)(c.ValueTwo >> 32), 0, rest + 3),
                low,
                BpfInstruction.And(valueLow),
                BpfInstruction.JumpIfEqual((uint)c.ValueTwo, 0, rest),
            ],
            _ => throw new ArgumentOutOfRangeException(nameof(c)),
        };

        // A greater high word decides at once, a smaller one too; equal ones leave it to the low word.
        List<BpfInstruction> Order(BpfInstruction last, bool greaterHolds) =>
            [
                high,
                BpfInstruction.JumpIfGreater(valueHigh, greaterHolds ? 3 : rest + 3, 0),
                BpfInstruction.JumpIfEqual(valueHigh, 0, greaterHolds ? rest + 2 : 2),
                low,
                last,
            ];
    }
}
