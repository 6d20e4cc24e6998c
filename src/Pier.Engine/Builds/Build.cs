using Pier.Build.Frontend;
using Pier.Build.Graph;
using Pier.Build.Solver;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Engine.Builds;

public sealed partial class BuildService
{
    /// <summary>
    /// Builds: Dockerfile to image. Throws DockerfileException, <see cref="StepFailedException"/> and the rest of the EngineException family; cancelled, it ends
    /// when every step of it has. The answer must be disposed. The cache is limited when the session is disposed, whose directories are in use until then.
    /// </summary>
    public Task<FinishedBuild> BuildAsync(BuildRequest request, CancellationToken ct) => RegisteredAsync(request, token => RunAsync(request, null, token), ct);

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
        if (!_byId.TryGetValue(id, out var stop)) return false;
        stop.Cancel();
        return true;
    }

    async Task<FinishedBuild> RegisteredAsync(BuildRequest request, Func<CancellationToken, Task<FinishedBuild>> build, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, _closing.Token);
        if (request.Id is { } id && !_byId.TryAdd(id, stop)) throw new ConflictException($"a build with id {id} is running already");
        var running = build(stop.Token);
        _running[running] = true;
        try
        {
            return await running.ConfigureAwait(false);
        }
        finally
        {
            _running.TryRemove(running, out _);
            if (request.Id is { } known) _byId.TryRemove(known, out _);
        }
    }

    async Task<FinishedBuild> RunAsync(BuildRequest request, ClassicStream? stream, CancellationToken ct)
    {
        var names = request.Tags.Select(t => ImageReference.Parse(t).WithDefaultTag()).Distinct().ToArray();
        var plan = await PlanAsync(request, ct).ConfigureAwait(false);
        var vertexNames = new VertexNames();
        stream?.Begin(plan, vertexNames, _seen);
        Warn(request, plan);
        var asked = new SolveRequest
        {
            Roots = [plan.Root],
            Client = request.Client,
            Run = new RunSettings { Network = request.Network, ExtraHosts = request.ExtraHosts, Limits = request.Limits },
            AllowInsecure = request.AllowInsecure,
            SourceDate = plan.SourceDate,
            Names = vertexNames,
        };
        var result = await SolveAsync(asked, request, stream, ct).ConfigureAwait(false);
        var finished = new FinishedBuild(parts, plan, result, names);
        try
        {
            if (request.Store) await Task.Run(() => finished.Keep(request.Squash, ct), ct).ConfigureAwait(false);
            if (stream is not null) await stream.EndAsync(finished.ImageId).ConfigureAwait(false);
            return finished;
        }
        catch
        {
            finished.Dispose();
            throw;
        }
    }

    async Task<SolveResult> SolveAsync(SolveRequest asked, BuildRequest request, ClassicStream? stream, CancellationToken ct)
    {
        void Progress(BuildEvent happened)
        {
            stream?.Take(happened);
            request.Progress(happened);
        }
        try
        {
            // The graph is made on a thread of the pool: the caller's may serve a connection.
            return await Task.Run(() => solver.SolveAsync(asked, Progress, ct), ct).ConfigureAwait(false);
        }
        catch
        {
            if (stream is not null) await stream.FailAsync().ConfigureAwait(false);
            throw;
        }
    }

    async Task<BuildPlan> PlanAsync(BuildRequest request, CancellationToken ct)
    {
        var file = await DockerfileReader.ReadAsync(request, ct).ConfigureAwait(false);
        return await DockerfileFrontend.PlanAsync(new DockerfileInput
        {
            Text = file.Text,
            FileName = Path.GetFileName(request.Dockerfile),
            Excludes = file.Excludes,
            Arguments = request.Arguments,
            Target = request.Target,
            Labels = request.Labels,
            Platform = request.Platform ?? Platform.Host,
            NamedContexts = request.NamedContexts.ToDictionary(c => c.Key.ToLowerInvariant(), c => new NamedContext(c.Value)),
            Pull = request.Pull,
            NoCache = request.NoCache,
            NoCacheFilter = request.NoCacheFilter,
        }, new ImageResolver(parts.Store, images, request), ct).ConfigureAwait(false);
    }

    void Warn(BuildRequest request, BuildPlan plan)
    {
        var nowhere = Digest.Of("warnings"u8);
        foreach (var warning in plan.Warnings)
            request.Progress(new BuildWarningEvent { Vertex = nowhere, Time = parts.Time.GetUtcNow(), Code = warning.Code, Message = warning.Message, Line = warning.Line });
    }
}
