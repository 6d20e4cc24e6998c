using Pier.Api.BuildKit.Sessions;
using Pier.Api.Grpc;
using Pier.Engine;

namespace Pier.Api.BuildKit;

/// <summary>What BuildKit's clients talk to beside the Docker API: their sessions, and the gRPC services.</summary>
sealed class BuildKitServer : IAsyncDisposable
{
    BuildKitServer(Http2Server grpc, SessionTable sessions)
    {
        Grpc = grpc;
        Sessions = sessions;
    }

    public Http2Server Grpc { get; }
    public SessionTable Sessions { get; }

    public static async Task<BuildKitServer> StartAsync(ContainerEngine engine, DaemonServerOptions options, CancellationToken ct)
    {
        var sessions = new SessionTable();
        var application = new GrpcApplication(Services.Table.Methods(engine, options, sessions), Services.GrpcErrors.Of, options.Log);
        return new BuildKitServer(await Http2Server.StartAsync(application, ct), sessions);
    }

    public ValueTask DisposeAsync() => Grpc.DisposeAsync();
}
