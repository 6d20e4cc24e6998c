using Pier.Model;

namespace Pier.Build.Files;

/// <summary>--chmod: octal, or chmod(1)'s symbolic form (u=rwX,go=rX).</summary>
static class ModeChange
{
    /// <summary>
    /// The change as a function of a mode and whether it is a directory's. Throws <see cref="InvalidParameterException"/>.
    /// </summary>
    public static Func<uint, bool, uint> Parse(string text)
    {
        if (text.Length is > 0 and <= 5 && text.All(c => c is >= '0' and <= '7'))
        {
            var mode = Convert.ToUInt32(text, 8);
            return mode <= 0xFFF ? (_, _) => mode : throw Invalid(text);
        }
        var clauses = text.Split(',').Select(c => Clause(c, text)).ToArray();
        return (mode, isDirectory) => clauses.Aggregate(mode, (m, clause) => clause(m, isDirectory));
    }

    static Func<uint, bool, uint> Clause(string clause, string whole)
    {
        var at = 0;
        uint who = 0;
        while (at < clause.Length && WhoMask(clause[at]) is > 0 and var mask)
        {
            who |= mask;
            at++;
        }
        if (who == 0)
            who = AllBits;
        var actions = new List<(char Operator, string Letters)>();
        while (at < clause.Length)
        {
            var op = clause[at] is '+' or '-' or '=' ? clause[at++] : throw Invalid(whole);
            var start = at;
            while (at < clause.Length && "rwxXstugo".Contains(clause[at]))
                at++;
            actions.Add((op, clause[start..at]));
        }
        if (actions.Count == 0)
            throw Invalid(whole);
        return (mode, isDirectory) => actions.Aggregate(mode, (m, a) => Apply(m, a.Operator, Bits(a.Letters, m, isDirectory) & who, who));
    }

    const uint AllBits = 0xFFF;

    static uint WhoMask(char who) =>
        who switch
        {
            'u' => 0x9C0, // 04700
            'g' => 0x438, // 02070
            'o' => 0x207, // 01007
            'a' => AllBits,
            _ => 0,
        };

    static uint Apply(uint mode, char op, uint bits, uint who) =>
        op switch
        {
            '+' => mode | bits,
            '-' => mode & ~bits,
            _ => (mode & ~who) | bits,
        };

    static uint Bits(string letters, uint mode, bool isDirectory)
    {
        uint bits = 0;
        foreach (var letter in letters)
        {
            bits |= letter switch
            {
                'r' => 0x124u,
                'w' => 0x92u,
                'x' => 0x49u,
                'X' => isDirectory || (mode & 0x49) != 0 ? 0x49u : 0,
                's' => 0xC00u,
                't' => 0x200u,
                'u' => Spread((mode >> 6) & 7),
                'g' => Spread((mode >> 3) & 7),
                _ => Spread(mode & 7),
            };
        }
        return bits;
    }

    static uint Spread(uint three) => three << 6 | three << 3 | three;

    static InvalidParameterException Invalid(string text) =>
        new($"invalid chmod parameter: '{text}'. it should be octal string and between 0 and 07777");
}
