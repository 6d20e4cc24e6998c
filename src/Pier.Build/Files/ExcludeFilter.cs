using Pier.Model.Builds;
using Pier.Store.Builds;

namespace Pier.Build.Files;

/// <summary>Patterns of .dockerignore or COPY --exclude as a filter of a tree.</summary>
static class ExcludeFilter
{
    public static TreeFilter Of(IReadOnlyList<string> patterns)
    {
        var matcher = new IgnoreMatcher(patterns);
        return new TreeFilter((path, _) => matcher.Excludes(path));
    }
}
