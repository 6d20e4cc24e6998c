using Pier.Api.BuildKit.Jobs;
using Pier.Api.BuildKit.Solving;
using Pier.Api.Grpc;
using Pier.Contracts.BuildKit.Gateway;
using Pier.Contracts.Grpc;

namespace Pier.Api.BuildKit.Services;

/// <summary>
/// moby.buildkit.v1.frontend.LLBBridge, for clients that are their own frontend's front: they ask for the Dockerfile frontend by name.
/// Definitions (LLB) are refused.
/// </summary>
sealed class Gateway(GatewayTable builds, Worker worker)
{
    /// <summary>Which build a call belongs to.</summary>
    const string BuildKey = "buildkit-controlapi-buildid";

    static readonly string[] FrontendCapabilities =
    [
        "solve.base",
        "solve.inlinereturn",
        "return",
        "returnmap",
        "proto.refarray",
        "frontend.inputs",
        "frontend.caps",
        "gateway.solve.metadata",
        "gateway.solve.evaluate",
        "gateway.warnings",
        "importcaches",
    ];

    // What a client's plans may hold is decided by the Dockerfile frontend here; these are the capabilities that clients ask about before
    // they offer options.
    static readonly string[] DefinitionCapabilities =
    [
        "source.image",
        "source.local",
        "source.local.sessionid",
        "source.local.includepatterns",
        "source.local.followpaths",
        "source.local.excludepatterns",
        "source.local.sharedkeyhint",
        "source.git",
        "source.http",
        "exec.meta.base",
        "exec.meta.network",
        "exec.meta.security",
        "exec.mount.bind",
        "exec.mount.cache",
        "exec.mount.cache.sharing",
        "exec.mount.tmpfs",
        "exec.mount.secret",
        "exec.mount.ssh",
        "exec.secretenv",
        "file.base",
        "constraints",
        "platform",
        "meta.ignorecache",
    ];

    public async Task PingAsync(GrpcCall call)
    {
        await call.ReadOneAsync(PingRequest.Parser);
        await FindAsync(call);
        var pong = new PongResponse { Workers = { worker.Record() } };
        pong.FrontendAPICaps.AddRange(FrontendCapabilities.Select(Enabled));
        pong.LLBCaps.AddRange(DefinitionCapabilities.Select(Enabled));
        await call.WriteAsync(pong);
    }

    public async Task SolveAsync(GrpcCall call)
    {
        var request = await call.ReadOneAsync(SolveRequest.Parser);
        var build = await FindAsync(call);
        if (request.Definition is { Def.Count: > 0 } || request.FrontendInputs.Count > 0)
            throw Frontends.NoDefinitions();
        var reference = await build.SolveAsync(Frontends.Read(request.Frontend, request.FrontendOpt), call.Ended);
        // Clients before refs were arrays of definitions take the bare name.
        await call.WriteAsync(
            request.AllowResultReturn
                ? new SolveResponse
                {
                    Result = request.AllowResultArrayRef
                        ? new Result { Ref = new Ref { Id = reference } }
                        : new Result { RefDeprecated = reference },
                }
                : new SolveResponse { Ref = reference }
        );
    }

    public async Task EvaluateAsync(GrpcCall call)
    {
        var request = await call.ReadOneAsync(EvaluateRequest.Parser);
        // It was built when it was asked for.
        (await FindAsync(call)).CheckReference(request.Ref);
        await call.WriteAsync(new EvaluateResponse());
    }

    public async Task InputsAsync(GrpcCall call)
    {
        await call.ReadOneAsync(InputsRequest.Parser);
        await FindAsync(call);
        await call.WriteAsync(new InputsResponse());
    }

    public async Task WarnAsync(GrpcCall call)
    {
        await call.ReadOneAsync(WarnRequest.Parser);
        await FindAsync(call);
        await call.WriteAsync(new WarnResponse());
    }

    public async Task ReturnAsync(GrpcCall call)
    {
        var request = await call.ReadOneAsync(ReturnRequest.Parser);
        var build = await FindAsync(call);
        if (request.Error is { Code: not 0 } error)
            build.Fail(new GrpcException(error.Code is > 0 and <= 16 ? (GrpcCode)error.Code : GrpcCode.Unknown, error.Message, error));
        else
            build.Return();
        await call.WriteAsync(new ReturnResponse());
    }

    Task<GatewayBuild> FindAsync(GrpcCall call) =>
        call.Metadata(BuildKey) is [{ Length: > 0 } reference, ..]
            ? builds.FindAsync(reference, call.Ended)
            : throw new GrpcException(GrpcCode.InvalidArgument, "the call names no build");

    static APICap Enabled(string id) => new() { ID = id, Enabled = true };
}
