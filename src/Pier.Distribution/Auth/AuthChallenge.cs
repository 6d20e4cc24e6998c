namespace Pier.Distribution.Auth;

/// <summary>One challenge of a WWW-Authenticate header (RFC 9110, section 11.6.1). Parameter names are lower case.</summary>
sealed record AuthChallenge(string Scheme, IReadOnlyDictionary<string, string> Parameters)
{
    public bool IsBearer => Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase);
    public bool IsBasic => Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase);

    public string? this[string name] => Parameters.GetValueOrDefault(name);

    /// <summary>Reads every challenge of a header's value; what is malformed ends the reading.</summary>
    public static IReadOnlyList<AuthChallenge> Parse(string header)
    {
        var challenges = new List<AuthChallenge>();
        var rest = header.AsSpan();
        while (true)
        {
            rest = rest.TrimStart(" \t,");
            var scheme = Token(ref rest);
            if (scheme.Length == 0)
                return challenges;
            var parameters = new Dictionary<string, string>();
            challenges.Add(new AuthChallenge(scheme, parameters));
            while (TryParameter(ref rest, parameters)) { }
        }
    }

    // A name that no "=" follows is the next challenge's scheme.
    static bool TryParameter(ref ReadOnlySpan<char> rest, Dictionary<string, string> parameters)
    {
        var ahead = rest.TrimStart(" \t,");
        var name = Token(ref ahead);
        ahead = ahead.TrimStart(" \t");
        if (name.Length == 0 || ahead.IsEmpty || ahead[0] != '=')
            return false;
        ahead = ahead[1..].TrimStart(" \t");
        parameters[name.ToLowerInvariant()] = ahead is ['"', ..] ? Quoted(ref ahead) : Token(ref ahead);
        rest = ahead;
        return true;
    }

    static string Quoted(ref ReadOnlySpan<char> rest)
    {
        var text = new System.Text.StringBuilder();
        var i = 1;
        for (; i < rest.Length && rest[i] != '"'; i++)
        {
            if (rest[i] == '\\' && i + 1 < rest.Length)
                i++;
            text.Append(rest[i]);
        }
        rest = rest[Math.Min(i + 1, rest.Length)..];
        return text.ToString();
    }

    static string Token(ref ReadOnlySpan<char> rest)
    {
        var length = rest.IndexOfAny(" \t,=\"");
        if (length < 0)
            length = rest.Length;
        var token = rest[..length].ToString();
        rest = rest[length..];
        return token;
    }
}
