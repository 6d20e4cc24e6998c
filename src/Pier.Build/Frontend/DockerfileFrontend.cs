using Pier.Build.Dockerfiles;
using Pier.Build.Graph;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Build.Frontend;

/// <summary>Makes a plan of a Dockerfile: the graph of trees, the image's configuration, the history.</summary>
public static class DockerfileFrontend
{
    /// <summary>
    /// Throws <see cref="DockerfileException"/> for what is wrong in the file or missing in it, and what <paramref name="images"/> throws
    /// for images.
    /// </summary>
    public static async Task<BuildPlan> PlanAsync(DockerfileInput input, IImageResolver images, CancellationToken ct) =>
        (await PlanAsync(input, [input.Platform], images, ct))[0];

    /// <summary>
    /// The same for several platforms: a plan each, which share the vertices that are alike. Warnings are those of the first.
    /// </summary>
    public static async Task<IReadOnlyList<BuildPlan>> PlanAsync(
        DockerfileInput input,
        IReadOnlyList<Platform> platforms,
        IImageResolver images,
        CancellationToken ct
    )
    {
        var file = Dockerfile.Parse(input.FileName, input.Text.Span);
        SyntaxDirective.Check(file, input);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            var (sources, pool) = (new SourceCatalog(input, images, stop.Token), platforms.Count > 1 ? new StepPool() : null);
            var plans = new List<BuildPlan>();
            foreach (var platform in platforms)
                plans.Add(await new Planner(file, input with { Platform = platform }, sources, pool).PlanAsync());
            return plans;
        }
        finally
        {
            // What was asked of the registry and is not needed any more.
            await stop.CancelAsync();
        }
    }
}
