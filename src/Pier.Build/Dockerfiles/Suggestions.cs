namespace Pier.Build.Dockerfiles;

/// <summary>The likely word for a mistyped one.</summary>
public static class Suggestions
{
    const int LongestWord = 64;

    /// <summary>" (did you mean X?)" with the nearest of the known words, or "" where none is near.</summary>
    public static string For(string word, IEnumerable<string> known) =>
        Nearest(word, known) is { } match ? $" (did you mean {match}?)" : "";

    /// <summary>
    /// The nearest known word that is one or two edits, and less than half of the word, away; null where there is none. Case does not
    /// count.
    /// </summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        if (word.Length > LongestWord)
            return null;
        var (best, distance) = (default(string), 3);
        foreach (var candidate in known.Where(k => k.Length <= LongestWord))
        {
            if (candidate == word)
                return null;
            var d = Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (d < distance && 2 * d < Math.Max(word.Length, candidate.Length))
                (best, distance) = (candidate, d);
        }
        return best;
    }

    // Letters put in, left out, exchanged, or swapped with their neighbour (the restricted Damerau-Levenshtein distance).
    static int Distance(string a, string b)
    {
        var cost = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            cost[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            cost[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        for (var j = 1; j <= b.Length; j++)
        {
            var changed = cost[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            cost[i, j] = Math.Min(changed, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
        }
        return cost[a.Length, b.Length];
    }
}
