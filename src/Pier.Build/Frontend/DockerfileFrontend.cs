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

    /// <summary>The stages of a file; throws <see cref="DockerfileException"/>.</summary>
    public static IReadOnlyList<BuildTarget> Targets(DockerfileInput input) =>
        new Outliner(Dockerfile.Parse(input.FileName, input.Text.Span)).Targets();

    /// <summary>What the target takes; throws as <see cref="PlanAsync(DockerfileInput, IImageResolver, CancellationToken)"/>.</summary>
    public static Task<BuildOutline> OutlineAsync(DockerfileInput input, IImageResolver images, CancellationToken ct) =>
        WithPlannerAsync(input, images, planner => planner.OutlineAsync(), ct);

    /// <summary>
    /// What the checks find, and why the file cannot be built, or null. Throws <see cref="DockerfileException"/> where its stages are not
    /// even to be told apart.
    /// </summary>
    public static Task<(IReadOnlyList<BuildWarning> Warnings, EngineException? Error)> CheckAsync(
        DockerfileInput input,
        IImageResolver images,
        CancellationToken ct
    ) => WithPlannerAsync(input, images, planner => planner.CheckAsync(), ct);

    static async Task<T> WithPlannerAsync<T>(DockerfileInput input, IImageResolver images, Func<Planner, Task<T>> ask, CancellationToken ct)
    {
        var file = Dockerfile.Parse(input.FileName, input.Text.Span);
        SyntaxDirective.Check(file, input);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            return await ask(new Planner(file, input, new SourceCatalog(input, images, stop.Token), null));
        }
        finally
        {
            await stop.CancelAsync();
        }
    }
}
