using System.Collections.Concurrent;
using Pier.Contracts.Grpc;
using Pier.Engine.Builds;

namespace Pier.Api.BuildKit.Services;

/// <summary>The solves whose clients are frontends, by their refs.</summary>
sealed class GatewayTable
{
    readonly ConcurrentDictionary<string, GatewayBuild> _builds = new();

    /// <summary>Answers the client's calls until it returns.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ServeAsync(string reference, GatewayBuild build, CancellationToken ct)
    {
        if (!_builds.TryAdd(reference, build))
            throw new GrpcException(GrpcCode.AlreadyExists, $"build {reference} exists");
        try
        {
            return await build.FinishedAsync(ct);
        }
        finally
        {
            _builds.TryRemove(new(reference, build));
            build.Dispose();
        }
    }

    /// <summary>A result of one of the builds, which lasts as long as its client stays; throws <see cref="GrpcException"/>.</summary>
    public FinishedBuild Result(string reference) =>
        _builds.Values.Select(b => b.Find(reference)).FirstOrDefault(r => r is not null)
        ?? throw new GrpcException(GrpcCode.NotFound, $"no such ref: {reference}");

    /// <summary>How long a call waits for the solve that it belongs to: both are sent at once. As in BuildKit.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(3),
        Step = TimeSpan.FromMilliseconds(10);

    public async Task<GatewayBuild> FindAsync(string reference, CancellationToken ct)
    {
        for (var waited = TimeSpan.Zero; waited < Patience; waited += Step)
        {
            if (_builds.TryGetValue(reference, out var build))
                return build;
            await Task.Delay(Step, ct);
        }
        throw new GrpcException(GrpcCode.NotFound, $"no such job {reference}");
    }
}
