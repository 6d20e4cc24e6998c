using Pier.Api.BuildKit.Jobs;
using Pier.Api.BuildKit.Sessions;
using Pier.Api.BuildKit.Solving;
using Pier.Api.Grpc;
using Pier.Contracts.BuildKit.Health;
using Pier.Engine;

namespace Pier.Api.BuildKit.Services;

/// <summary>Every gRPC method that Pier answers.</summary>
static class Table
{
    public static IReadOnlyDictionary<string, GrpcMethod> Methods(
        ContainerEngine engine,
        DaemonServerOptions options,
        SessionTable sessions,
        JobTable jobs,
        SolveRunner runner
    )
    {
        var worker = new Worker(engine, options);
        var gateways = new GatewayTable();
        var history = new BuildHistory();
        var control = new Control(sessions, jobs, history, runner, gateways);
        var past = new HistoryControl(history);
        var gateway = new Gateway(gateways, worker, history);
        var cache = new CacheControl(engine);
        return new Dictionary<string, GrpcMethod>
        {
            ["/moby.buildkit.v1.Control/Solve"] = control.SolveAsync,
            ["/moby.buildkit.v1.Control/Status"] = control.StatusAsync,
            ["/moby.buildkit.v1.Control/Session"] = control.SessionAsync,
            ["/moby.buildkit.v1.Control/ListenBuildHistory"] = past.ListenAsync,
            ["/moby.buildkit.v1.Control/UpdateBuildHistory"] = past.UpdateAsync,
            ["/moby.buildkit.v1.Control/ListWorkers"] = worker.ListAsync,
            ["/moby.buildkit.v1.Control/Info"] = worker.InfoAsync,
            ["/moby.buildkit.v1.Control/DiskUsage"] = cache.DiskUsageAsync,
            ["/moby.buildkit.v1.Control/Prune"] = cache.PruneAsync,
            ["/moby.buildkit.v1.frontend.LLBBridge/Ping"] = gateway.PingAsync,
            ["/moby.buildkit.v1.frontend.LLBBridge/Solve"] = gateway.SolveAsync,
            ["/moby.buildkit.v1.frontend.LLBBridge/Evaluate"] = gateway.EvaluateAsync,
            ["/moby.buildkit.v1.frontend.LLBBridge/Inputs"] = gateway.InputsAsync,
            ["/moby.buildkit.v1.frontend.LLBBridge/Warn"] = gateway.WarnAsync,
            ["/moby.buildkit.v1.frontend.LLBBridge/Return"] = gateway.ReturnAsync,
            ["/grpc.health.v1.Health/Check"] = HealthAsync,
        };
    }

    static async Task HealthAsync(GrpcCall call)
    {
        await call.ReadOneAsync(HealthCheckRequest.Parser);
        await call.WriteAsync(new HealthCheckResponse { Status = HealthCheckResponse.Types.ServingStatus.Serving });
    }
}
