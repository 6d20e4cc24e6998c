using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Pier.Build.Graph;
using Pier.Model;
using Pier.Model.Builds;
using Pier.Store.Builds;
using Pier.Store.Content;

namespace Pier.Build.Solver;

/// <summary>One build while it runs: what is known of each vertex, what is being made, and what it holds.</summary>
sealed partial class SolveRun(
    SolverParts parts,
    SolveRequest request,
    BuildReporter reporter,
    ContentLease lease,
    CancellationTokenSource stop
)
{
    readonly ConcurrentDictionary<Vertex, Lazy<Task<Known>>> _known = new(ReferenceEqualityComparer.Instance);
    readonly ConcurrentDictionary<Vertex, Lazy<Task<BuiltTree>>> _trees = new(ReferenceEqualityComparer.Instance);
    readonly ConcurrentDictionary<Vertex, Lazy<Task<string>>> _directories = new(ReferenceEqualityComparer.Instance);
    readonly ConcurrentDictionary<Vertex, bool> _made = new(ReferenceEqualityComparer.Instance);
    readonly ConcurrentDictionary<Digest, bool> _kept = new();
    readonly ConcurrentBag<string> _temporaryTrees = [];
    readonly ConcurrentBag<Task> _tasks = [];

    CancellationToken Token => stop.Token;

    /// <summary>What failed first; the rest was stopped because of it.</summary>
    public ExceptionDispatchInfo? Failure { get; private set; }

    public async Task<SolveResult> SolveAsync()
    {
        foreach (var root in request.Roots)
            reporter.Announce(root);
        await Task.WhenAll(request.Roots.Select(TreeAsync)).ConfigureAwait(false);
        var (trees, cached) = (
            new Dictionary<Vertex, BuiltTree>(ReferenceEqualityComparer.Instance),
            new HashSet<Vertex>(ReferenceEqualityComparer.Instance)
        );
        foreach (var vertex in _known.Keys.Concat(_trees.Keys).Distinct())
        {
            if (Finished(vertex) is { } tree)
                trees[vertex] = tree;
            if (!_made.ContainsKey(vertex))
                cached.Add(vertex);
        }
        return new SolveResult(trees, cached, lease)
        {
            Steps =
                request.WantedSteps == WantedSteps.None
                    ? []
                    : await EntriesAsync(request.WantedSteps == WantedSteps.All).ConfigureAwait(false),
        };
    }

    /// <summary>Waits for all that was begun, and takes away what only this build needed.</summary>
    public async Task EndAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        // A step that other builds wait for as well goes on with this build's files: they stay until it has ended.
        while (_tasks.TryTake(out var task))
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var tree in _temporaryTrees)
            parts.Store.Builds.RemoveTree(tree);
        foreach (var use in _uses.Values)
            use.Dispose();
    }

    /// <summary>The tree of a vertex, from the cache or made now.</summary>
    Task<BuiltTree> TreeAsync(Vertex vertex) =>
        _trees.GetOrAdd(vertex, v => new Lazy<Task<BuiltTree>>(() => Tracked(Task.Run(() => MakeAsync(v))))).Value;

    /// <summary>What a vertex is known by; made only where its content decides that.</summary>
    Task<Known> KnowAsync(Vertex vertex) =>
        _known.GetOrAdd(vertex, v => new Lazy<Task<Known>>(() => Tracked(Task.Run(() => IdentifyAsync(v))))).Value;

    async Task<BuiltTree> MakeAsync(Vertex vertex)
    {
        try
        {
            return vertex switch
            {
                ScratchSource => Told(vertex, BuiltTree.Empty),
                ImageSource image => Told(vertex, ImageTree(image)),
                FileStep { Linked: true } linked => await LinkAsync(linked).ConfigureAwait(false),
                FileStep or RunStep => await StepAsync(vertex).ConfigureAwait(false),
                _ => throw new InvalidParameterException($"{vertex.Name} is no tree of layers"),
            };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Fail(vertex, e);
            throw;
        }
    }

    async Task<BuiltTree> StepAsync(Vertex vertex)
    {
        // What is made anew needs all that it stands on, at once.
        if (vertex.IgnoreCache)
            Begin(vertex.Inputs);
        var known = vertex.IgnoreCache
            ? new Known(await KeysAsync(vertex).ConfigureAwait(false), null, null)
            : await KnowAsync(vertex).ConfigureAwait(false);
        if (known is { Record: { } elsewhere, Source: { } cache })
        {
            var brought = await BringAsync(elsewhere, cache).ConfigureAwait(false);
            reporter.Cached(vertex, v => Finished(v)?.ChainId);
            return brought;
        }
        if (known.Record is { } record && Held(record) is { } cached)
        {
            parts.Store.Builds.Cache.Used(record.Id, parts.Time.GetUtcNow());
            reporter.Cached(vertex, v => Finished(v)?.ChainId);
            return cached;
        }
        if (vertex is RunStep run && await HintedAsync(run).ConfigureAwait(false) is { } hinted)
        {
            Keep(vertex, known.Keys, hinted, isEmpty: false);
            reporter.Cached(vertex, v => Finished(v)?.ChainId);
            return hinted;
        }
        _made[vertex] = true;
        var key = IsOwn(vertex) ? $"{known.Keys[0]} {Guid.NewGuid():N}" : known.Keys[0];
        var tree = await ShareAsync(vertex, key, known.Keys).ConfigureAwait(false);
        // Another build may have made it: from here on this one holds it as well.
        if (Held(tree) is null)
            throw new HostFailureException($"the result of {vertex.Name} was removed while it was made");
        reporter.Completed(vertex, tree.ChainId);
        return tree;
    }

    // What is made anew, or with a client's secrets, is one build's own affair.
    static bool IsOwn(Vertex vertex) => vertex.IgnoreCache || (vertex is RunStep run && run.Mounts.Any(m => m is SecretMount or SshMount));

    async Task<BuiltTree> ShareAsync(Vertex vertex, string key, IReadOnlyList<string> keys)
    {
        try
        {
            return await parts
                .Shared.RunAsync(
                    key,
                    (stream, data) => reporter.Log(vertex, stream, data),
                    (output, ct) => Tracked(MakeStepAsync(vertex, keys, output, ct)),
                    Token
                )
                .ConfigureAwait(false);
        }
        catch (StepFailedException e) when (e.Vertex != reporter.NameOf(vertex))
        {
            // Another build's step: here it has another name.
            throw new StepFailedException(e.Arguments, e.ExitCode, reporter.NameOf(vertex));
        }
    }

    async Task<BuiltTree> MakeStepAsync(
        Vertex vertex,
        IReadOnlyList<string> keys,
        Action<int, ReadOnlyMemory<byte>> output,
        CancellationToken ct
    )
    {
        var work = vertex is FileStep file
            ? await PrepareAsync(file, ct).ConfigureAwait(false)
            : await PrepareAsync((RunStep)vertex, ct).ConfigureAwait(false);
        using (work)
        {
            await parts.Slots.WaitAsync(ct).ConfigureAwait(false);
            try
            {
                reporter.Started(vertex);
                await work.DoAsync(output, ct).ConfigureAwait(false);
                return Save(vertex, keys, work, ct);
            }
            finally
            {
                parts.Slots.Release();
            }
        }
    }

    void Begin(IEnumerable<Vertex> steps)
    {
        foreach (var step in steps.Where(s => s is FileStep or RunStep))
            _ = TreeAsync(step);
    }

    BuiltTree Save(Vertex vertex, IReadOnlyList<string> keys, StepWork work, CancellationToken ct)
    {
        var layer = parts.Store.Images.CommitStep(work.Tree, lease, request.SourceDate, ct);
        var tree = layer is { } made
            ? new BuiltTree([.. work.Base.Layers, new BuiltLayer(made.Blob, made.DiffId, request.SourceDate ?? parts.Time.GetUtcNow())])
            : work.Base;
        if (vertex is FileStep && layer is not null && HintedFor(vertex, tree) is { } hinted)
            tree = hinted;
        Keep(vertex, keys, tree, isEmpty: layer is null);
        return tree;
    }

    void Keep(Vertex vertex, IReadOnlyList<string> keys, BuiltTree tree, bool isEmpty)
    {
        var now = parts.Time.GetUtcNow();
        parts.Store.Builds.Cache.Put(
            new BuildCacheRecord
            {
                Id = NewRecord(),
                Keys = [.. keys],
                // What is made anew under a known key may be something else now: what stands on it must not be taken for what stood on the
                // old one.
                Identity = vertex.IgnoreCache ? Again(keys[0], isEmpty ? null : tree.Layers[^1].DiffId) : keys[0],
                Description = vertex.Name,
                Layers = [.. tree.Layers.Select(l => new CachedLayer(l.Blob, l.DiffId, l.Created))],
                Empty = isEmpty,
                CreatedAt = now,
                LastUsedAt = now,
                UsageCount = 1,
            }
        );
    }

    static string Again(string key, Digest? content)
    {
        using var hash = new Cache.KeyHash("again");
        return hash.Add(key).Add(content?.ToString() ?? "").Finish();
    }

    BuiltTree ImageTree(ImageSource source)
    {
        if (source.Tree is { } built)
            return Held(built) ?? throw new NotFoundException($"No such image: {source.Reference}");
        var image = parts.Store.Images.ResolveAny(source.Resolved);
        if (!parts.Store.Images.Keep(image, lease))
            throw new NotFoundException($"No such image: {source.Reference}");
        return new BuiltTree([.. image.Manifest.Layers.Zip(image.Config.RootFs.DiffIds, (blob, diffId) => new BuiltLayer(blob, diffId))]);
    }

    // A layer that does not depend on its base is made over nothing, once, and laid over whatever base there is.
    async Task<BuiltTree> LinkAsync(FileStep linked)
    {
        var below = TreeAsync(linked.Base);
        var alone = StepAsync(linked);
        await Task.WhenAll(below, alone).ConfigureAwait(false);
        var layers = below.Result.Layers.ToList();
        foreach (var layer in alone.Result.Layers)
        {
            parts.Store.Images.LayOver(new BuiltTree(layers).ChainId, layer.Blob, layer.DiffId, lease, Token);
            layers.Add(layer);
        }
        return new BuiltTree(layers);
    }

    /// <summary>The tree of a record, held from now on; null when a part of it is gone, and then the record goes as well.</summary>
    BuiltTree? Held(BuildCacheRecord record)
    {
        var tree = Held(TreeOf(record));
        if (tree is null)
            parts.Store.Builds.Cache.Remove(record.Id);
        else
            Use(record);
        return tree;
    }

    BuiltTree? Held(BuiltTree tree)
    {
        foreach (var layer in tree.Layers)
            if (!IsKept(layer.Blob.Digest, () => lease.Keep(layer.Blob.Digest)))
                return null;
        return tree.ChainId is not { } chain || IsKept(chain, () => KeepLayers(chain, tree)) ? tree : null;
    }

    bool KeepLayers(Digest chain, BuiltTree tree) =>
        parts.Store.Images.KeepLayer(chain, lease)
        || parts.Store.Images.KeepStack([.. tree.Layers.Select(l => (l.Blob, l.DiffId))], lease, Token);

    // Looked for once a build: what a lease holds stays.
    bool IsKept(Digest digest, Func<bool> keep)
    {
        if (_kept.ContainsKey(digest))
            return true;
        if (!keep())
            return false;
        return _kept[digest] = true;
    }

    static BuiltTree TreeOf(BuildCacheRecord record) => new([.. record.Layers.Select(l => new BuiltLayer(l.Blob, l.DiffId, l.Created))]);

    // What the result tells of a vertex: also of one that was in the cache and was never asked for.
    BuiltTree? Finished(Vertex vertex)
    {
        if (_trees.TryGetValue(vertex, out var tree) && tree.Value.IsCompletedSuccessfully)
            return tree.Value.Result;
        if (vertex is ImageSource image)
            return ImageTree(image);
        return _known.TryGetValue(vertex, out var known) && known.Value is { IsCompletedSuccessfully: true, Result.Record: { } record }
            ? TreeOf(record)
            : null;
    }

    BuiltTree Told(Vertex vertex, BuiltTree tree)
    {
        reporter.Started(vertex);
        reporter.Completed(vertex, tree.ChainId);
        return tree;
    }

    void Fail(Vertex vertex, Exception e)
    {
        if (Failure is not null)
            return;
        lock (_tasks)
        {
            if (Failure is not null)
                return;
            Failure = ExceptionDispatchInfo.Capture(e);
        }
        reporter.Failed(vertex, (e as StepFailedException)?.Detail ?? e.Message);
        stop.Cancel();
    }

    T Tracked<T>(T task)
        where T : Task
    {
        _tasks.Add(task);
        return task;
    }
}

/// <summary>What is known of a vertex before it is made.</summary>
/// <param name="Keys">The keys that find it; the first one is what it is.</param>
/// <param name="Record">What an earlier build made of it, or null.</param>
/// <param name="Other">What it is known by when that is not its first key.</param>
sealed record Known(IReadOnlyList<string> Keys, BuildCacheRecord? Record, string? Other)
{
    /// <summary>What steps that stand on it know it by.</summary>
    public string Identity => Other ?? Record?.Identity ?? Keys[0];

    /// <summary>Where the record's layers lie while they are not here; null when they are.</summary>
    public Cache.Portable.PortableCache? Source { get; init; }
}
