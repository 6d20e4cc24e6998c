using Pier.Build.Frontend;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Engine.Builds;

public sealed partial class BuildService
{
    /// <summary>
    /// Answers a question about the Dockerfile of a build, which is not begun. Throws what a build throws, but for
    /// <see cref="BuildQuestion.Check"/>, whose answer says it.
    /// </summary>
    public async Task<BuildReview> ReviewAsync(BuildRequest request, BuildQuestion question, CancellationToken ct)
    {
        var trace = new FailureTrace(Path.GetFileName(request.Dockerfile));
        try
        {
            var input = await InputAsync(request, trace, ct).ConfigureAwait(false) with { Platform = PlatformsOf(request)[0] };
            var review = new BuildReview { FileName = input.FileName, Text = trace.Text };
            var resolver = new ImageResolver(parts.Store, images, request);
            return question switch
            {
                BuildQuestion.Targets => review with { Targets = DockerfileFrontend.Targets(input) },
                BuildQuestion.Outline => review with
                {
                    Outline = await DockerfileFrontend.OutlineAsync(input, resolver, ct).ConfigureAwait(false),
                },
                _ => await CheckAsync(review).ConfigureAwait(false),
            };

            async Task<BuildReview> CheckAsync(BuildReview review)
            {
                var (warnings, error) = await DockerfileFrontend.CheckAsync(input, resolver, ct).ConfigureAwait(false);
                return review with
                {
                    Warnings = [.. warnings.Select(w => Told(w, request, trace))],
                    Error = error?.Message,
                    ErrorPlace = error is null ? null : trace.Place(error),
                };
            }
        }
        catch (EngineException e)
        {
            if (trace.Place(e) is { } place)
                request.Failed(place);
            throw;
        }
    }
}
