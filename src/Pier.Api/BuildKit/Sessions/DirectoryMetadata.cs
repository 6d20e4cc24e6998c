using Pier.Engine.Builds.Sessions;

namespace Pier.Api.BuildKit.Sessions;

/// <summary>The metadata of a FileSync call: which directory, and which part of it.</summary>
static class DirectoryMetadata
{
    public static IEnumerable<KeyValuePair<string, string>> Of(DirectoryRequest request) =>
        Values("dir-name", [request.Name])
            .Concat(Values("followpaths", request.FollowPaths))
            .Concat(Values("exclude-patterns", request.Excludes));

    // Headers are ASCII. A list with anything else goes escaped as a whole, which a further header says; old clients did not know either.
    static IEnumerable<KeyValuePair<string, string>> Values(string key, IReadOnlyList<string> values)
    {
        var plain = values.All(v => v.All(c => c is >= ' ' and <= '~'));
        if (!plain)
            yield return new(key + "-encoded", "1");
        foreach (var value in values)
            yield return new(key, plain ? value : Uri.EscapeDataString(value));
    }
}
