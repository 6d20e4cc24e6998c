using Pier.Build.Graph;

namespace Pier.Build.Solver;

/// <summary>Which paths of a client's directory a graph reads, so that a client need not send the rest.</summary>
static class LocalPaths
{
    /// <summary>Relative paths, with wildcards as COPY has them; none when the whole directory is read.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<Vertex> roots, LocalSource local)
    {
        var paths = new SortedSet<string>(StringComparer.Ordinal);
        var (seen, pending) = (new HashSet<Vertex>(ReferenceEqualityComparer.Instance), new Stack<Vertex>(roots));
        while (pending.TryPop(out var vertex))
        {
            if (!seen.Add(vertex))
                continue;
            foreach (var path in Read(vertex, local))
            {
                if (Clean(path) is not { } clean)
                    return [];
                paths.Add(clean);
            }
            foreach (var input in vertex.Inputs)
                pending.Push(input);
        }
        return [.. paths];
    }

    static IEnumerable<string> Read(Vertex vertex, LocalSource local) =>
        vertex switch
        {
            FileStep step => step.Actions.OfType<CopyAction>().Where(a => ReferenceEquals(a.From, local)).SelectMany(a => a.Sources),
            RunStep run => run
                .Mounts.OfType<BindMount>()
                .Where(m => ReferenceEquals(m.From, local))
                .Select(m => m.Source)
                .Concat(run.Mounts.OfType<CacheMount>().Where(m => ReferenceEquals(m.From, local)).Select(m => m.Source)),
            _ => [],
        };

    // Null for the directory itself, and for what only the solver can resolve.
    static string? Clean(string path)
    {
        var parts = path.Split('/').Where(p => p is not ("" or ".")).ToArray();
        return parts.Length == 0 || parts.Contains("..") ? null : string.Join('/', parts);
    }
}
