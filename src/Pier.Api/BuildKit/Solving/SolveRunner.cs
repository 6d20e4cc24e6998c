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
        var exports = target.Exporters.Select(ExportPlan.Of).ToArray();
        var session = target.Session.Length > 0 ? await sessions.FindAsync(target.Session, ct) : null;
        BuildFailure? failure = null;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct, session?.Closed ?? CancellationToken.None);
        try
        {
            await using var client = await SolveClient.OpenAsync(engine, session, build.RemoteContext, target.Upload, ended.Token);
            var request = build.Request with
            {
                Client = client,
                AllowInsecure = target.Entitlements.Contains("security.insecure"),
                Tags = [.. exports.SelectMany(e => e.Names)],
                Store = exports.Any(e => e.Kind == ExportKind.Image),
                Credentials = session is null ? build.Request.Credentials : session.FindCredentialsAsync,
                Progress = job.Tell,
                CacheFrom = [.. build.Request.CacheFrom, .. target.CacheImports],
                CacheTo = target.CacheExports,
                Session = session,
                Failed = place => failure = place,
            };
            using var finished = await engine.Builds.BuildAsync(request, ended.Token);
            return await new Exports(engine, session, job).WriteAsync(finished, exports, ended.Token);
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
}
