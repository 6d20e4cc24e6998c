using Pier.Store.Builds;

namespace Pier.Build.Files;

/// <summary>Patterns of .dockerignore or COPY --exclude as a filter of a tree.</summary>
static class ExcludeFilter
{
    public static TreeFilter Of(IReadOnlyList<string> patterns) => new((path, _) => patterns.Any(p => GoPath.IsMatch(p, path)));
}
