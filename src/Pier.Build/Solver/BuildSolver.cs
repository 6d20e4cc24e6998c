using Pier.Build.Cache.Portable;
using Pier.Build.Graph;
using Pier.Model.Builds;
using Pier.Store;

namespace Pier.Build.Solver;

/// <summary>
/// Makes the trees of a graph: independent vertices at once, none that is not needed, none that is known by its content already. Builds
/// that run at the same time share what they have in common. One a store; thread-safe.
/// </summary>
public sealed class BuildSolver(StoreRoot store, IStepRunner runner, IRemoteSources remote, TimeProvider time)
{
    readonly SolverParts _parts = new(
        store,
        runner,
        remote,
        new SharedSteps(),
        new SemaphoreSlim(Math.Max(2, Environment.ProcessorCount)),
        new CacheLocks(),
        time
    );

    /// <summary>
    /// Makes all roots. A step that fails stops the others; <see cref="StepFailedException"/> tells its exit code. The result must be
    /// disposed: until then it keeps what was made from being collected.
    /// </summary>
    public async Task<SolveResult> SolveAsync(SolveRequest request, Action<BuildEvent> progress, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return await TryAsync(request, progress, ct).ConfigureAwait(false);
            }
            catch (BrokenCacheException e) when (!ct.IsCancellationRequested)
            {
                request.CacheFailed(e.Cache, e.Message);
                request = request with { Caches = [.. request.Caches.Where(c => c != e.Cache)] };
            }
        }
    }

    async Task<SolveResult> TryAsync(SolveRequest request, Action<BuildEvent> progress, CancellationToken ct)
    {
        var lease = store.Content.Lease();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var run = new SolveRun(_parts, request, new BuildReporter(request.Names, progress, time), lease, stop);
        SolveResult? result = null;
        try
        {
            return result = await run.SolveAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && run.Failure is { } failure && failure.SourceException != e)
        {
            // The others were stopped because of it, and may have noticed first.
            failure.Throw();
            throw;
        }
        finally
        {
            await run.EndAsync().ConfigureAwait(false);
            store.Builds.Settle();
            if (result is null)
            {
                lease.Dispose();
                store.Images.Collect();
            }
        }
    }
}

/// <summary>What a build made: a tree a root, and for each vertex that was looked at its tree.</summary>
public sealed class SolveResult(IReadOnlyDictionary<Vertex, BuiltTree> trees, IReadOnlySet<Vertex> cached, Store.Content.ContentLease lease)
    : IDisposable
{
    public BuiltTree this[Vertex vertex] => trees[vertex];

    /// <summary>The tree of a vertex that the build came by; null for one that it did not need.</summary>
    public BuiltTree? Find(Vertex vertex) => trees.GetValueOrDefault(vertex);

    /// <summary>Whether a vertex was in the cache.</summary>
    public bool WasCached(Vertex vertex) => cached.Contains(vertex);

    /// <summary>The steps that were asked for.</summary>
    public IReadOnlyList<CacheEntry> Steps { get; init; } = [];

    /// <summary>Keeps the trees until the result is disposed.</summary>
    public Store.Content.ContentLease Lease => lease;

    public void Dispose() => lease.Dispose();
}

/// <summary>What all builds of a solver share.</summary>
sealed record SolverParts(
    StoreRoot Store,
    IStepRunner Runner,
    IRemoteSources Remote,
    SharedSteps Shared,
    SemaphoreSlim Slots,
    CacheLocks CacheLocks,
    TimeProvider Time
);
