using Google.Protobuf;
using Pier.Api.BuildKit.Jobs;
using Pier.Api.BuildKit.Solving;
using Pier.Api.Grpc;
using Pier.Contracts.BuildKit.Gateway;
using Pier.Contracts.BuildKit.Operations;
using Pier.Contracts.Grpc;
using Pier.Engine.Builds;

namespace Pier.Api.BuildKit.Services;

/// <summary>
/// moby.buildkit.v1.frontend.LLBBridge, for clients that are their own frontend's front: they ask for the Dockerfile frontend by name.
/// Definitions (LLB) are refused.
/// </summary>
sealed class Gateway(GatewayTable builds, Worker worker, BuildHistory history)
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
        "gateway.evaluate",
        "gateway.solve.evaluate",
        "gateway.warnings",
        "importcaches",
        "reference.output",
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
        "exporter.multiple",
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
        if (request.Definition is { Def.Count: > 0 })
            throw Frontends.NoDefinitions();
        if (call.Metadata(BuildKey) is [{ } name, ..])
            history.Describe(name, request.Frontend, request.FrontendOpt);
        if (Reviews.Described(request.FrontendOpt) is { } described)
        {
            await AnswerAsync(call, described);
            return;
        }
        var asked = WithInputs(Frontends.Read(request.Frontend, request.FrontendOpt), request.FrontendInputs);
        if (asked.Question is { } question)
        {
            await AnswerAsync(call, await build.ReviewAsync(asked, question, call.Ended));
            return;
        }
        var reference = await build.SolveAsync(asked, call.Ended);
        // Clients before refs were arrays of definitions take the bare name.
        await call.WriteAsync(
            request.AllowResultReturn
                ? new SolveResponse
                {
                    Result = request.AllowResultArrayRef
                        ? new Result
                        {
                            Ref = new Ref { Id = reference, Def = ResultDefinitions.Of(reference) },
                        }
                        : new Result { RefDeprecated = reference },
                }
                : new SolveResponse { Ref = reference }
        );
    }

    // "--build-context NAME=input:KEY", the input being what another build has made.
    FrontendBuild WithInputs(FrontendBuild build, IDictionary<string, Definition> inputs)
    {
        if (inputs.Count == 0)
            return build;
        var (contexts, results) = (new Dictionary<string, string>(build.Request.NamedContexts), new Dictionary<string, FinishedBuild>());
        foreach (var (name, address) in build.Request.NamedContexts)
        {
            if (!address.StartsWith("input:", StringComparison.Ordinal) || !inputs.TryGetValue(address["input:".Length..], out var input))
                continue;
            contexts[name] = BuildRequest.ResultScheme + name;
            results[name] = builds.Result(ResultDefinitions.Read(input) ?? throw Frontends.NoDefinitions());
        }
        return build with { Request = build.Request with { NamedContexts = contexts, Results = results } };
    }

    static async Task AnswerAsync(GrpcCall call, IReadOnlyDictionary<string, byte[]> metadata)
    {
        // A result without files: what was asked is in what is said of it.
        var result = new Result { Ref = new Ref() };
        foreach (var (key, value) in metadata)
            result.Metadata[key] = ByteString.CopyFrom(value);
        await call.WriteAsync(new SolveResponse { Result = result });
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
