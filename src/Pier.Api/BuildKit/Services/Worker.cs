using Pier.Api.Grpc;
using Pier.Contracts.BuildKit.Control;
using Pier.Contracts.BuildKit.Workers;
using Pier.Engine;

namespace Pier.Api.BuildKit.Services;

/// <summary>Who builds: this engine is its own and only worker.</summary>
sealed class Worker(ContainerEngine engine, DaemonServerOptions options)
{
    public async Task ListAsync(GrpcCall call)
    {
        await call.ReadOneAsync(ListWorkersRequest.Parser);
        await call.WriteAsync(new ListWorkersResponse { Record = { Record() } });
    }

    public async Task InfoAsync(GrpcCall call)
    {
        await call.ReadOneAsync(InfoRequest.Parser);
        await call.WriteAsync(new InfoResponse { BuildkitVersion = Version() });
    }

    public WorkerRecord Record()
    {
        var host = Model.Platform.Host;
        return new WorkerRecord
        {
            ID = engine.Id,
            Labels =
            {
                ["org.mobyproject.buildkit.worker.executor"] = "pier",
                ["org.mobyproject.buildkit.worker.snapshotter"] = engine.Builds.DriverName,
            },
            Platforms =
            {
                new Contracts.BuildKit.Operations.Platform
                {
                    OS = host.Os,
                    Architecture = host.Architecture,
                    Variant = host.Variant ?? "",
                },
            },
            BuildkitVersion = Version(),
        };
    }

    BuildkitVersion Version() =>
        new()
        {
            Package = "pier",
            Version = "v" + options.Version,
            Revision = options.Revision,
        };
}
