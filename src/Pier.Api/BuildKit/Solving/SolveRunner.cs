using Pier.Api.BuildKit.Jobs;
using Pier.Api.BuildKit.Services;
using Pier.Api.BuildKit.Sessions;
using Pier.Contracts.Grpc;
using Pier.Engine;
using Pier.Engine.Builds;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Api.BuildKit.Solving;

/// <summary>Builds for a session: asks the engine, and brings the result where the client wants it.</summary>
sealed class SolveRunner(ContainerEngine engine, SessionTable sessions)
{
    /// <summary>What the exporters say of the result: "containerimage.digest" and the like.</summary>
    public async Task<IReadOnlyDictionary<string, string>> RunAsync(
        SolveTarget target,
        FrontendBuild build,
        BuildJob job,
        CancellationToken ct
    )
    {
        var (finished, response) = await BuildAsync(target, build, job, ct);
        finished.Dispose();
        return response;
    }

    /// <summary>The same, with the result, which must be disposed.</summary>
    public async Task<(FinishedBuild Finished, IReadOnlyDictionary<string, string> Response)> BuildAsync(
        SolveTarget target,
        FrontendBuild build,
        BuildJob job,
        CancellationToken ct
    )
    {
        var session = target.Session.Length > 0 ? await sessions.FindAsync(target.Session, ct) : null;
        var (exports, times) = await PlanAsync(target, build.Request, session, ct);
        Warn(exports, job);
        BuildFailure? failure = null;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct, session?.Closed ?? CancellationToken.None);
        try
        {
            await using var client = await SolveClient.OpenAsync(engine, session, build.RemoteContext, target.Upload, ended.Token);
            var request = build.Request with
            {
                Client = client,
                AllowInsecure = target.Entitlements.Contains("security.insecure"),
                // Images are the exporters' work.
                Store = false,
                LayerTimes = times,
                Credentials = session is null ? build.Request.Credentials : session.FindCredentialsAsync,
                Progress = job.Tell,
                CacheFrom = [.. build.Request.CacheFrom, .. target.CacheImports],
                CacheTo = target.CacheExports,
                Session = session,
                Failed = place => failure = place,
            };
            var finished = await engine.Builds.BuildAsync(request, ended.Token);
            try
            {
                return (finished, await new Exports(engine, session, job).WriteAsync(finished, exports, ended.Token));
            }
            catch
            {
                finished.Dispose();
                throw;
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // The client's session ended, or POST /build/cancel was called.
            throw new GrpcException(GrpcCode.Cancelled, "context canceled");
        }
        catch (EngineException e) when (failure is not null)
        {
            throw GrpcErrors.Of(e, failure);
        }
    }

    /// <summary>Answers the question that is asked about a build instead; the answer is the metadata of a result.</summary>
    public async Task<IReadOnlyDictionary<string, byte[]>> ReviewAsync(
        SolveTarget target,
        FrontendBuild build,
        BuildQuestion question,
        BuildJob job,
        CancellationToken ct
    )
    {
        var session = target.Session.Length > 0 ? await sessions.FindAsync(target.Session, ct) : null;
        BuildFailure? failure = null;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct, session?.Closed ?? CancellationToken.None);
        try
        {
            await using var client = await SolveClient.OpenAsync(engine, session, build.RemoteContext, target.Upload, ended.Token);
            var request = build.Request with
            {
                Client = client,
                Credentials = session is null ? build.Request.Credentials : session.FindCredentialsAsync,
                Progress = job.Tell,
                Failed = place => failure = place,
            };
            return Reviews.Answer(await engine.Builds.ReviewAsync(request, question, ended.Token), question);
        }
        catch (EngineException e) when (failure is not null)
        {
            throw GrpcErrors.Of(e, failure);
        }
    }

    // What cannot come of the build is said before it.
    static async Task<(ExportPlan[] Exports, LayerTimes Times)> PlanAsync(
        SolveTarget target,
        BuildRequest request,
        BuildSession? session,
        CancellationToken ct
    )
    {
        try
        {
            var exports = target.Exporters.Select(ExportPlan.Of).ToArray();
            if (session is null && exports.Any(e => e.NeedsSession))
                throw new InvalidParameterException("an output to the client needs a session");
            return (exports, Check(exports, request));
        }
        catch (Exception e) when (session is not null && e is EngineException or GrpcException)
        {
            // docker 20.10 never ends when its build fails while it still opens its session: once it answers on it, it is open.
            await session!.IsAliveAsync(ct);
            throw;
        }
    }

    static LayerTimes Check(IReadOnlyList<ExportPlan> exports, BuildRequest request)
    {
        IReadOnlyList<Platform> platforms = request.Platforms.Count > 0 ? request.Platforms : [Platform.Host];
        foreach (var export in exports)
        {
            export.Check(platforms);
            BuildService.Check(export.Image);
        }
        var times = exports
            .Where(e => e.Kind is ExportKind.Image or ExportKind.Archive)
            .Select(e => new LayerTimes(e.RewriteTimes, e.RewriteTimes == true ? e.Image.SourceDate : null))
            .Distinct()
            .ToArray();
        if (times.Length > 1)
            throw new UnsupportedException("exporters of one build cannot differ in rewrite-timestamp: they share its layers");
        if (request.Squash && times is [{ Rewrite: not null }])
            throw new UnsupportedException("rewrite-timestamp of a squashed image is not supported");
        return times is [var only] ? only : new LayerTimes(null, null);
    }

    static void Warn(IReadOnlyList<ExportPlan> exports, BuildJob job)
    {
        foreach (var warning in exports.SelectMany(e => e.Warnings))
            job.Tell(
                new BuildWarningEvent
                {
                    Vertex = Digest.Of("warnings"u8),
                    Time = DateTimeOffset.UtcNow,
                    Code = "UnknownExporterAttribute",
                    Message = warning,
                }
            );
    }
}
