namespace Pier.Build.Dockerfiles;

/// <summary>The likely word for a mistyped one.</summary>
public static class Suggestions
{
    const int TooFar = 3, LongestWord = 64;

    /// <summary>" (did you mean X?)" with the nearest of the known words, or "" where none is near.</summary>
    public static string For(string word, IEnumerable<string> known) => Nearest(word, known) is { } match ? $" (did you mean {match}?)" : "";

    /// <summary>The nearest known word that is less than three edits away, or null. Case does not count.</summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        if (word.Length > LongestWord) return null;
        var (best, distance) = (default(string), TooFar);
        foreach (var candidate in known)
        {
            if (candidate == word) return null;
            if (candidate.Length <= LongestWord && Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant()) is var d && d < distance)
                (best, distance) = (candidate, d);
        }
        return best;
    }

    // Levenshtein's distance, a row at a time.
    static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }
        return row[b.Length];
    }
}
