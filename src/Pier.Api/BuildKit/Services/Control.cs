using Pier.Api.BuildKit.Jobs;
using Pier.Api.BuildKit.Sessions;
using Pier.Api.BuildKit.Solving;
using Pier.Api.Grpc;
using Pier.Contracts.BuildKit.Control;
using Pier.Contracts.Grpc;
using Pier.Engine;

namespace Pier.Api.BuildKit.Services;

/// <summary>moby.buildkit.v1.Control: solve, watch, and the session that a solve asks.</summary>
sealed class Control(SessionTable sessions, JobTable jobs, BuildHistory history, SolveRunner runner, GatewayTable gateways)
{
    public async Task SolveAsync(GrpcCall call)
    {
        var request = await call.ReadOneAsync(SolveRequest.Parser);
        if (request.Ref.Length == 0)
            throw new GrpcException(GrpcCode.InvalidArgument, "a solve needs a ref");
        var target = SolveTarget.Of(request);
        var response = await jobs.RunAsync(
            request.Ref,
            job => history.RecordAsync(request, job, () => BuildAsync(request, target, job, call.Ended))
        );
        var answer = new SolveResponse();
        foreach (var (key, value) in response)
            answer.ExporterResponse[key] = value;
        await call.WriteAsync(answer);
    }

    async Task<IReadOnlyDictionary<string, string>> BuildAsync(SolveRequest request, SolveTarget target, BuildJob job, CancellationToken ct)
    {
        // Without a frontend the client is the frontend, and comes back with its questions (LLBBridge).
        if (request.Frontend.Length == 0 && (request.Definition is null || request.Definition.Def.Count == 0))
            return await gateways.ServeAsync(request.Ref, new GatewayBuild(runner, target, job), ct);
        var build = Frontends.Read(request.Frontend, request.FrontendAttrs);
        if (build.Question is not null)
            throw new GrpcException(GrpcCode.Unimplemented, "subrequests are answered over the gateway alone");
        return await runner.RunAsync(target, build, job, ct);
    }

    public async Task StatusAsync(GrpcCall call)
    {
        var request = await call.ReadOneAsync(StatusRequest.Parser);
        var job = history.Job(request.Ref) ?? await jobs.FindAsync(request.Ref, call.Ended);
        await foreach (var status in job.FollowAsync(call.Ended))
            await call.WriteAsync(status);
    }

    public async Task SessionAsync(GrpcCall call)
    {
        var headers = SessionHeaders.Read(call.Metadata) ?? throw new GrpcException(GrpcCode.InvalidArgument, "session ID is required");
        await call.StartAsync();
        await using var tunnel = new SessionTunnel(call);
        await sessions.ServeAsync(headers, tunnel, tunnel.Over);
    }
}
