using System.Text;

namespace Pier.Build.Dockerfiles.Words;

/// <summary>
/// A pattern of ${x#p}, ${x%p}, ${x/p/r}: '*' is any text, '?' any character, a backslash makes the next one plain. Matched by walking all
/// states at once, so that no pattern takes more than pattern times text; the budget bounds that as well.
/// </summary>
sealed class ShellPattern
{
    readonly List<(char Char, Kind Kind)> _parts = [];
    readonly WorkBudget _budget;

    enum Kind
    {
        Plain,
        One,
        Any,
    }

    public ShellPattern(string pattern, WorkBudget budget)
    {
        _budget = budget;
        for (var i = 0; i < pattern.Length; i++)
            switch (pattern[i])
            {
                case '*' when _parts is [.., (_, Kind.Any)]:
                    break;
                case '*':
                    _parts.Add(('*', Kind.Any));
                    break;
                case '?':
                    _parts.Add(('?', Kind.One));
                    break;
                case '\\' when i + 1 < pattern.Length:
                    _parts.Add((pattern[++i], Kind.Plain));
                    break;
                case '\\':
                    throw new InstructionException($"invalid pattern \"{pattern}\": a backslash at the end", pattern);
                default:
                    _parts.Add((pattern[i], Kind.Plain));
                    break;
            }
    }

    public string TrimStart(string value, bool longest) => value[Math.Max(0, Match(value, 0, 1, longest))..];

    public string TrimEnd(string value, bool longest)
    {
        _parts.Reverse();
        return value[..(value.Length - Math.Max(0, Match(value, value.Length - 1, -1, longest)))];
    }

    /// <summary>Replaces the first or every leftmost longest match.</summary>
    public string Replace(string value, string replacement, bool everywhere)
    {
        var (result, lastEnd) = (new StringBuilder(), -1);
        for (var at = 0; at <= value.Length; )
        {
            var length = Match(value, at, 1, longest: true);
            var found = length > 0 || length == 0 && at != lastEnd;
            if (found)
            {
                _budget.Spend(replacement.Length + 1);
                result.Append(replacement);
                at += length;
                lastEnd = at;
                if (!everywhere)
                    return result.Append(value, at, value.Length - at).ToString();
            }
            if (length > 0)
                continue;
            if (at < value.Length)
                result.Append(value[at]);
            at++;
        }
        return result.ToString();
    }

    // The length of a match that begins at a place and goes in a direction, or -1.
    int Match(string value, int start, int step, bool longest)
    {
        var (now, next) = (new bool[_parts.Count + 1], new bool[_parts.Count + 1]);
        _budget.Spend(2 + _parts.Count);
        Enter(now, 0);
        var best = now[_parts.Count] ? 0 : -1;
        for (int at = start, length = 1; at >= 0 && at < value.Length && (longest || best < 0); at += step, length++)
        {
            _budget.Spend(1 + 2 * _parts.Count);
            Array.Clear(next);
            var alive = false;
            for (var i = 0; i < _parts.Count; i++)
            {
                if (!now[i])
                    continue;
                var (c, kind) = _parts[i];
                if (kind == Kind.Any)
                    Enter(next, i);
                else if (kind == Kind.One || c == value[at])
                    Enter(next, i + 1);
                else
                    continue;
                alive = true;
            }
            if (!alive)
                break;
            (now, next) = (next, now);
            if (now[_parts.Count])
                best = length;
        }
        return best;
    }

    // A star may also match nothing.
    void Enter(bool[] states, int i)
    {
        states[i] = true;
        if (i < _parts.Count && _parts[i].Kind == Kind.Any)
            states[i + 1] = true;
    }
}
