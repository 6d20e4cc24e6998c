using Pier.Build.Cache;
using Pier.Build.Frontend;
using Pier.Build.Graph;
using Pier.Build.Solver;
using Pier.Engine.Builds.Caches;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Engine.Builds;

public sealed partial class BuildService
{
    /// <summary>
    /// Builds: Dockerfile to image. Throws DockerfileException, <see cref="StepFailedException"/> and the rest of the EngineException
    /// family; cancelled, it ends when every step of it has. The answer must be disposed. The cache is limited when the session is
    /// disposed, whose directories are in use until then.
    /// </summary>
    public Task<FinishedBuild> BuildAsync(BuildRequest request, CancellationToken ct) =>
        RegisteredAsync(request, token => RunAsync(request, null, token), ct);

    /// <summary>The same, told as the classic builder told it.</summary>
    public async Task<FinishedBuild> BuildClassicAsync(BuildRequest request, ClassicStream stream, CancellationToken ct)
    {
        try
        {
            return await RegisteredAsync(request, token => RunAsync(request, stream, token), ct).ConfigureAwait(false);
        }
        finally
        {
            LimitCache();
        }
    }

    /// <summary>Stops a build by its id; false when there is none.</summary>
    public bool Cancel(string id)
    {
        if (!_byId.TryGetValue(id, out var stop))
            return false;
        stop.Cancel();
        return true;
    }

    async Task<FinishedBuild> RegisteredAsync(
        BuildRequest request,
        Func<CancellationToken, Task<FinishedBuild>> build,
        CancellationToken ct
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, _closing.Token);
        if (request.Id is { } id && !_byId.TryAdd(id, stop))
            throw new ConflictException($"a build with id {id} is running already");
        var running = build(stop.Token);
        _running[running] = true;
        try
        {
            return await running.ConfigureAwait(false);
        }
        finally
        {
            _running.TryRemove(running, out _);
            if (request.Id is { } known)
                _byId.TryRemove(known, out _);
        }
    }

    async Task<FinishedBuild> RunAsync(BuildRequest request, ClassicStream? stream, CancellationToken ct)
    {
        var trace = new FailureTrace(Path.GetFileName(request.Dockerfile));
        try
        {
            return await RunAsync(request, stream, trace, ct).ConfigureAwait(false);
        }
        catch (EngineException e)
        {
            if (trace.Place(e) is { } place)
                request.Failed(place);
            throw;
        }
    }

    async Task<FinishedBuild> RunAsync(BuildRequest request, ClassicStream? stream, FailureTrace trace, CancellationToken ct)
    {
        if (request.Platforms.Count > 1 && stream is not null)
            throw new UnsupportedException("several platforms in one build need BuildKit's wire");
        if (request.Platforms.Count > 1 && request.Squash)
            throw new UnsupportedException("several platforms in one build cannot be squashed");
        var names = request.Tags.Select(t => ImageReference.Parse(t).WithDefaultTag()).Distinct().ToArray();
        var exports = new CacheExports(parts, request);
        var imports = new CacheImports(parts, images.Transfers, request);
        var (opening, planning) = (imports.OpenAsync(ct), PlanAsync(request, trace, ct));
        await Task.WhenAll(opening, planning).ConfigureAwait(false);
        var (caches, plans) = (opening.Result, planning.Result.Select(p => p with { InlineCache = exports.IsInline }).ToArray());
        var vertexNames = new VertexNames();
        stream?.Begin(plans[0], vertexNames, _seen);
        trace.Plan(plans, vertexNames);
        Warn(request, plans[0], trace);
        var asked = new SolveRequest
        {
            Roots = [.. plans.Select(p => p.Root)],
            Client = request.Client,
            Run = new RunSettings
            {
                Network = request.Network,
                ExtraHosts = request.ExtraHosts,
                Limits = request.Limits,
            },
            AllowInsecure = request.AllowInsecure,
            SourceDate = LayerDate(request, plans[0]),
            Names = vertexNames,
            Caches = caches,
            Hints = [.. imports.Images().Select(i => ImageHints.Of(plans[0], i.Manifest, i.Config))],
            CacheFailed = (cache, why) => CacheImports.Tell(request, cache.Name, why),
            WantedSteps = exports.Wanted,
        };
        var result = await SolveAsync(asked, request, stream, trace, ct).ConfigureAwait(false);
        var finished = new FinishedBuild(
            parts,
            [.. PlatformsOf(request).Zip(plans, (platform, plan) => new PlatformBuild(platform, plan))],
            result,
            names,
            request,
            exports
        );
        try
        {
            if (request.Store)
                await Task.Run(() => finished.Keep(ct), ct).ConfigureAwait(false);
            if (stream is not null)
                await stream.EndAsync(finished.ImageId).ConfigureAwait(false);
            return finished;
        }
        catch
        {
            finished.Dispose();
            throw;
        }
    }

    async Task<SolveResult> SolveAsync(
        SolveRequest asked,
        BuildRequest request,
        ClassicStream? stream,
        FailureTrace trace,
        CancellationToken ct
    )
    {
        void Progress(BuildEvent happened)
        {
            stream?.Take(happened);
            trace.Take(happened);
            request.Progress(happened);
        }
        try
        {
            // The graph is made on a thread of the pool: the caller's may serve a connection.
            return await Task.Run(() => solver.SolveAsync(asked, Progress, ct), ct).ConfigureAwait(false);
        }
        catch
        {
            if (stream is not null)
                await stream.FailAsync().ConfigureAwait(false);
            throw;
        }
    }

    static DateTimeOffset? LayerDate(BuildRequest request, BuildPlan plan) =>
        request.LayerTimes switch
        {
            { Rewrite: false } => null,
            { Rewrite: true, SourceDate: { } date } => date,
            _ => plan.SourceDate,
        };

    static IReadOnlyList<Platform> PlatformsOf(BuildRequest request) => request.Platforms.Count > 0 ? request.Platforms : [Platform.Host];

    async Task<IReadOnlyList<BuildPlan>> PlanAsync(BuildRequest request, FailureTrace trace, CancellationToken ct) =>
        await DockerfileFrontend
            .PlanAsync(
                await InputAsync(request, trace, ct).ConfigureAwait(false),
                PlatformsOf(request),
                new ImageResolver(parts.Store, images, request),
                ct
            )
            .ConfigureAwait(false);

    static async Task<DockerfileInput> InputAsync(BuildRequest request, FailureTrace trace, CancellationToken ct)
    {
        var file = await DockerfileReader.ReadAsync(request, ct).ConfigureAwait(false);
        trace.Read(file.Text);
        return new DockerfileInput
        {
            Text = file.Text,
            FileName = Path.GetFileName(request.Dockerfile),
            Excludes = file.Excludes,
            Arguments = request.Arguments,
            Target = request.Target,
            Labels = request.Labels,
            NamedContexts = request.NamedContexts.ToDictionary(c => c.Key.ToLowerInvariant(), c => new NamedContext(c.Value)),
            Pull = request.Pull,
            NoCache = request.NoCache,
            NoCacheFilter = request.NoCacheFilter,
        };
    }

    void Warn(BuildRequest request, BuildPlan plan, FailureTrace trace)
    {
        IEnumerable<BuildWarning> times =
            request.LayerTimes.Rewrite == true && LayerDate(request, plan) is null
                ? [new("RewriteTimestamp", "rewrite-timestamp is asked for, but there is no SOURCE_DATE_EPOCH: times stay", 0)]
                : [];
        foreach (var warning in plan.Warnings.Concat(times))
            request.Progress(Told(warning, request, trace));
    }

    BuildWarningEvent Told(BuildWarning warning, BuildRequest request, FailureTrace trace) =>
        new()
        {
            Vertex = Digest.Of("warnings"u8),
            Time = parts.Time.GetUtcNow(),
            Code = warning.Code,
            Message = warning.Message,
            Line = warning.Line,
            Description = warning.Description,
            Address = warning.Address,
            FileName = Path.GetFileName(request.Dockerfile),
            Text = trace.Text,
        };
}
