namespace Pier.Model.Builds;

/// <summary>
/// Which paths a list of patterns leaves out (.dockerignore, COPY --exclude): the last pattern that matches a path, or a directory above
/// it, decides;
/// "!" takes it in again. Paths are relative, with slashes, without a leading one.
/// </summary>
public sealed class IgnoreMatcher
{
    readonly List<(PathPattern Pattern, bool Negated, string Directory)> _patterns = [];

    /// <summary>Throws <see cref="InvalidParameterException"/> for a broken pattern.</summary>
    public IgnoreMatcher(IEnumerable<string> patterns)
    {
        foreach (var text in patterns.Select(p => p.Trim()).Where(p => p.Length > 0))
        {
            var negated = text[0] == '!';
            var pattern = negated ? text[1..] : text;
            if (pattern.Length == 0)
                throw new InvalidParameterException("illegal exclusion pattern: \"!\"");
            pattern = CleanPath.Of(pattern);
            if (pattern.Length > 1 && pattern[0] == '/')
                pattern = pattern[1..];
            _patterns.Add((PathPattern.Parse(pattern, doubleStars: true), negated, pattern + "/"));
        }
    }

    public bool IsEmpty => _patterns.Count == 0;

    public bool HasExceptions => _patterns.Exists(p => p.Negated);

    /// <summary>Whether a path is left out, itself or with a directory above it.</summary>
    public bool Excludes(string path)
    {
        var excluded = false;
        foreach (var (pattern, negated, _) in _patterns)
            // Only a pattern that would change the answer is worth matching.
            if (negated == excluded && MatchesOrParent(pattern, path))
                excluded = !negated;
        return excluded;
    }

    /// <summary>Whether nothing below an excluded directory can be taken in again, so that a walk may pass it by.</summary>
    public bool CanSkip(string directory) =>
        Excludes(directory)
        && !_patterns.Exists(p =>
            p.Negated && (p.Pattern.HasWildcards || p.Directory.StartsWith(directory + "/", StringComparison.Ordinal))
        );

    static bool MatchesOrParent(PathPattern pattern, string path)
    {
        if (pattern.Matches(path))
            return true;
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
            if (pattern.Matches(path.AsSpan(0, slash)))
                return true;
        return false;
    }
}
