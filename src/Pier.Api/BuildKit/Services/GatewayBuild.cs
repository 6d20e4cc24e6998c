using Pier.Api.BuildKit.Jobs;
using Pier.Api.BuildKit.Solving;
using Pier.Contracts.Grpc;

namespace Pier.Api.BuildKit.Services;

/// <summary>
/// A solve whose frontend runs at the client (buildx): the client asks for a build by the bridge, and returns what came of it. The build is
/// exported when it is done; a client that returns an error has nothing built.
/// </summary>
sealed class GatewayBuild(SolveRunner runner, SolveTarget target, BuildJob job)
{
    readonly TaskCompletionSource _returned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly SemaphoreSlim _solving = new(1);
    IReadOnlyDictionary<string, string>? _response;
    string? _reference;

    /// <summary>Builds; the answer names the result. A build with the same attributes is the same build.</summary>
    public async Task<string> SolveAsync(FrontendBuild build, CancellationToken ct)
    {
        await _solving.WaitAsync(ct);
        try
        {
            if (_reference is not null)
                return _reference;
            _response = await runner.RunAsync(target, build, job, ct);
            return _reference = Guid.NewGuid().ToString("N");
        }
        finally
        {
            _solving.Release();
        }
    }

    public void CheckReference(string reference)
    {
        if (reference != _reference)
            throw new GrpcException(GrpcCode.NotFound, $"no such ref: {reference}");
    }

    public void Return() => _returned.TrySetResult();

    public void Fail(GrpcException error) => _returned.TrySetException(error);

    /// <summary>
    /// What the exporters say, once the client has returned. One that only asked what can be built (buildx, before every build) returns
    /// nothing, and exports nothing.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, string>> FinishedAsync(CancellationToken ct)
    {
        await _returned.Task.WaitAsync(ct);
        if (_response is null && target.Exporters.Count > 0)
            throw new GrpcException(GrpcCode.InvalidArgument, "the client returned no result");
        return _response ?? new Dictionary<string, string>();
    }
}
