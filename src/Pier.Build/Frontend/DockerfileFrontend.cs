using Pier.Build.Dockerfiles;
using Pier.Build.Graph;
using Pier.Model.Builds;

namespace Pier.Build.Frontend;

/// <summary>Makes a plan of a Dockerfile: the graph of trees, the image's configuration, the history.</summary>
public static class DockerfileFrontend
{
    /// <summary>
    /// Throws <see cref="DockerfileException"/> for what is wrong in the file or missing in it, and what <paramref name="images"/> throws
    /// for images.
    /// </summary>
    public static async Task<BuildPlan> PlanAsync(DockerfileInput input, IImageResolver images, CancellationToken ct)
    {
        var file = Dockerfile.Parse(input.FileName, input.Text.Span);
        SyntaxDirective.Check(file, input);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            return await new Planner(file, input, images, stop.Token).PlanAsync();
        }
        finally
        {
            // What was asked of the registry and is not needed any more.
            await stop.CancelAsync();
        }
    }
}
