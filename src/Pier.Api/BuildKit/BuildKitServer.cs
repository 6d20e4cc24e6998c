using Pier.Api.BuildKit.Classic;
using Pier.Api.BuildKit.Jobs;
using Pier.Api.BuildKit.Sessions;
using Pier.Api.BuildKit.Solving;
using Pier.Api.Grpc;
using Pier.Engine;

namespace Pier.Api.BuildKit;

/// <summary>What BuildKit's clients talk to beside the Docker API: their sessions, and the gRPC services.</summary>
sealed class BuildKitServer : IAsyncDisposable
{
    BuildKitServer(Http2Server grpc, SessionTable sessions, SolveRunner runner)
    {
        Grpc = grpc;
        Sessions = sessions;
        Runner = runner;
    }

    public Http2Server Grpc { get; }
    public SessionTable Sessions { get; }
    public SolveRunner Runner { get; }

    /// <summary>Contexts that come by another request than their builds.</summary>
    public UploadTable Uploads { get; } = new();

    public static async Task<BuildKitServer> StartAsync(ContainerEngine engine, DaemonServerOptions options, CancellationToken ct)
    {
        var sessions = new SessionTable();
        var runner = new SolveRunner(engine, sessions);
        var application = new GrpcApplication(
            Services.Table.Methods(engine, options, sessions, new JobTable(), runner),
            Services.GrpcErrors.Of,
            options.Log
        );
        return new BuildKitServer(await Http2Server.StartAsync(application, ct), sessions, runner);
    }

    public ValueTask DisposeAsync() => Grpc.DisposeAsync();
}
