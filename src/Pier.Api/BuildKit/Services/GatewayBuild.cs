using Pier.Api.BuildKit.Jobs;
using Pier.Api.BuildKit.Solving;
using Pier.Contracts.Grpc;
using Pier.Engine.Builds;
using Pier.Model.Builds;

namespace Pier.Api.BuildKit.Services;

/// <summary>
/// A solve whose frontend runs at the client (buildx): the client asks for a build by the bridge, and returns what came of it. The build is
/// exported when it is done; a client that returns an error has nothing built.
/// </summary>
sealed class GatewayBuild(SolveRunner runner, SolveTarget target, BuildJob job) : IDisposable
{
    readonly TaskCompletionSource _returned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly SemaphoreSlim _solving = new(1);
    IReadOnlyDictionary<string, string>? _response;
    FinishedBuild? _finished;
    string? _reference;
    volatile bool _isOver;

    /// <summary>Answers what is asked about a build; nothing is built, and nothing exported.</summary>
    public async Task<IReadOnlyDictionary<string, byte[]>> ReviewAsync(FrontendBuild build, BuildQuestion question, CancellationToken ct)
    {
        var answer = await runner.ReviewAsync(target, build, question, job, ct);
        _response ??= new Dictionary<string, string>();
        return answer;
    }

    /// <summary>Builds; the answer names the result. A build with the same attributes is the same build.</summary>
    public async Task<string> SolveAsync(FrontendBuild build, CancellationToken ct)
    {
        await _solving.WaitAsync(ct);
        try
        {
            if (_reference is not null)
                return _reference;
            (_finished, _response) = await runner.BuildAsync(target, build, job, ct);
            if (_isOver)
                Dispose();
            return _reference = Guid.NewGuid().ToString("N");
        }
        finally
        {
            _solving.Release();
        }
    }

    /// <summary>The result of that name, which is held until this is disposed; null when it is not this one's.</summary>
    public FinishedBuild? Find(string reference) => reference == _reference ? _finished : null;

    public void CheckReference(string reference)
    {
        if (Find(reference) is null)
            throw new GrpcException(GrpcCode.NotFound, $"no such ref: {reference}");
    }

    /// <summary>The client has gone; a build that still runs for it drops its result at its end.</summary>
    public void Dispose()
    {
        _isOver = true;
        Interlocked.Exchange(ref _finished, null)?.Dispose();
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
