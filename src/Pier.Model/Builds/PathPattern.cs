namespace Pier.Model.Builds;

/// <summary>
/// A pattern of paths in Go's notation (filepath.Match): '*' and '?' stop at slashes, [a-z] and [^a-z], a backslash makes the next
/// character plain. With
/// "double stars" (.dockerignore) '**' is any number of directories. Matched by walking all states at once: never more than pattern times
/// path.
/// </summary>
public sealed class PathPattern
{
    readonly List<Part> _parts = [];
    readonly string? _literal;

    enum Kind
    {
        Plain,
        One,
        Any,
        Everything,
        Directories,
        Class,
    }

    readonly record struct Part(Kind Kind, char Char = '\0', (char From, char To)[]? Ranges = null, bool Negated = false);

    PathPattern(string text) => Text = text;

    PathPattern(string text, List<Part> parts)
        : this(text)
    {
        _parts = parts;
        if (parts.All(p => p.Kind == Kind.Plain))
            _literal = string.Concat(parts.Select(p => p.Char));
    }

    public string Text { get; }

    /// <summary>Whether it has anything but plain characters.</summary>
    public bool HasWildcards => _literal is null;

    /// <summary>
    /// Parses; throws <see cref="InvalidParameterException"/> ("syntax error in pattern") for a class or an escape without end.
    /// </summary>
    public static PathPattern Parse(string text, bool doubleStars = false)
    {
        var parts = new List<Part>();
        for (var i = 0; i < text.Length; i++)
            switch (text[i])
            {
                case '*' when doubleStars && i + 1 < text.Length && text[i + 1] == '*':
                    i++;
                    if (i + 1 < text.Length && text[i + 1] == '/')
                        i++;
                    parts.Add(new Part(i + 1 == text.Length ? Kind.Everything : Kind.Directories));
                    break;
                case '*':
                    parts.Add(new Part(Kind.Any));
                    break;
                case '?':
                    parts.Add(new Part(Kind.One));
                    break;
                case '[':
                    parts.Add(Class(text, ref i));
                    break;
                case '\\' when i + 1 < text.Length:
                    parts.Add(new Part(Kind.Plain, text[++i]));
                    break;
                case '\\':
                    throw Broken(text);
                case var c:
                    parts.Add(new Part(Kind.Plain, c));
                    break;
            }
        return new PathPattern(text, parts);
    }

    static Part Class(string text, ref int i)
    {
        var ranges = new List<(char, char)>();
        var negated = i + 1 < text.Length && text[i + 1] == '^';
        if (negated)
            i++;
        for (i++; i < text.Length; i++)
        {
            if (text[i] == ']' && ranges.Count > 0)
                return new Part(Kind.Class, Ranges: [.. ranges], Negated: negated);
            var from = Member(text, ref i);
            if (i + 1 >= text.Length || text[i + 1] != '-')
            {
                ranges.Add((from, from));
                continue;
            }
            i += 2;
            ranges.Add((from, Member(text, ref i)));
        }
        throw Broken(text);
    }

    static char Member(string text, ref int i)
    {
        if (i >= text.Length || text[i] is '-' or ']')
            throw Broken(text);
        if (text[i] == '\\' && ++i >= text.Length)
            throw Broken(text);
        return text[i];
    }

    static InvalidParameterException Broken(string text) => new($"syntax error in pattern: \"{text}\"");

    /// <summary>Whether the whole path matches.</summary>
    public bool Matches(ReadOnlySpan<char> path)
    {
        if (_literal is not null)
            return path.SequenceEqual(_literal);
        var count = _parts.Count + 1;
        var states = count <= 256 ? stackalloc bool[2 * count] : new bool[2 * count];
        states.Clear();
        var now = states[..count];
        var next = states[count..];
        Enter(now, 0);
        foreach (var c in path)
        {
            next.Clear();
            if (!Step(now, next, c))
                return false;
            var swap = now;
            now = next;
            next = swap;
        }
        return now[^1];
    }

    bool Step(Span<bool> now, Span<bool> next, char c)
    {
        var alive = false;
        for (var i = 0; i < _parts.Count; i++)
        {
            if (!now[i])
                continue;
            var part = _parts[i];
            switch (part.Kind)
            {
                case Kind.Everything:
                case Kind.Any when c != '/':
                    Enter(next, i);
                    alive = true;
                    break;
                case Kind.Directories:
                    next[i] = alive = true;
                    if (c == '/')
                        Enter(next, i + 1);
                    break;
                case Kind.One when c != '/':
                case Kind.Plain when c == part.Char:
                case Kind.Class when part.Ranges!.Any(r => c >= r.From && c <= r.To) != part.Negated:
                    Enter(next, i + 1);
                    alive = true;
                    break;
            }
        }
        return alive;
    }

    // Parts that may match nothing open the next one as well.
    void Enter(Span<bool> states, int i)
    {
        states[i] = true;
        while (i < _parts.Count && _parts[i].Kind is Kind.Any or Kind.Everything or Kind.Directories)
            states[++i] = true;
    }
}
