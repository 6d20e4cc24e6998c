using System.Text.Json;
using Pier.Api.BuildKit.Jobs;
using Pier.Api.BuildKit.Sessions;
using Pier.Engine;
using Pier.Engine.Builds;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Api.BuildKit.Solving;

/// <summary>Brings a result where it belongs, and tells so as BuildKit does: a vertex an exporter.</summary>
sealed class Exports(ContainerEngine engine, BuildSession? session, BuildJob job)
{
    public async Task<IReadOnlyDictionary<string, string>> WriteAsync(
        FinishedBuild finished,
        IReadOnlyList<ExportPlan> plans,
        CancellationToken ct
    )
    {
        var response = new Dictionary<string, string>();
        foreach (var plan in plans)
            await WriteAsync(finished, plan, response, ct);
        if (finished.CacheManifest is { } cache)
            response["cache.manifest"] = JsonSerializer.Serialize(cache, ImageJson.Plain.Descriptor);
        return response;
    }

    Task WriteAsync(FinishedBuild finished, ExportPlan plan, Dictionary<string, string> response, CancellationToken ct) =>
        plan.Kind switch
        {
            ExportKind.Image => ReportedAsync("exporting to image", plan, report => ImageAsync(finished, plan, response, report, ct)),
            ExportKind.Archive => ReportedAsync(
                "exporting to image archive",
                plan,
                report => ArchiveAsync(finished, plan, report, finished.WriteArchive, ct)
            ),
            ExportKind.Tar => ReportedAsync(
                "exporting to client tarball",
                plan,
                report => ArchiveAsync(finished, plan, report, finished.WriteTar, ct)
            ),
            ExportKind.Directory => ReportedAsync(
                "exporting to client directory",
                plan,
                report => DirectoryAsync(finished, plan, report, ct)
            ),
            _ => Task.CompletedTask,
        };

    async Task ImageAsync(
        FinishedBuild finished,
        ExportPlan plan,
        Dictionary<string, string> response,
        Action<string> report,
        CancellationToken ct
    )
    {
        var id = finished.ImageId?.ToString() ?? throw new InvalidOperationException("an image that is exported is stored");
        report($"writing image {id}");
        foreach (var name in finished.Names)
            report($"naming to {name}");
        // Without an image store of manifests Docker's daemon knows images by their configuration.
        response["containerimage.digest"] = finished.Platforms.Count > 1 ? finished.TargetDigest!.Value.ToString() : id;
        response["containerimage.config.digest"] = id;
        if (finished.Names.Count > 0)
            response["image.name"] = string.Join(',', finished.Names);
        if (!plan.Push)
            return;
        foreach (var name in finished.Names)
        {
            report($"pushing {name}");
            var auth = session is null ? null : await session.FindCredentialsAsync(name.Domain, ct);
            var pushed = await engine.Images.PushAsync(
                name.FamiliarName,
                name.Tag,
                all: false,
                null,
                auth,
                _ => ValueTask.CompletedTask,
                ct
            );
            response["containerimage.digest"] = pushed.Digest.ToString();
        }
    }

    async Task ArchiveAsync(
        FinishedBuild finished,
        ExportPlan plan,
        Action<string> report,
        Action<Stream, CancellationToken> write,
        CancellationToken ct
    )
    {
        if (plan.IsDocker && finished.Platforms.Count > 1)
            throw new UnsupportedException("docker exporter does not currently support exporting manifest lists");
        await using var output = await Session().OpenOutputAsync(plan.Id, new Dictionary<string, string>(), ct);
        report("sending tarball");
        await Task.Run(() => write(output.Stream, ct), ct);
        await output.CompleteAsync(ct);
    }

    async Task DirectoryAsync(FinishedBuild finished, ExportPlan plan, Action<string> report, CancellationToken ct)
    {
        using var tree = finished.OpenTree();
        report("copying files");
        await Session().ReceiveTreeAsync(plan.Id, tree, ct);
    }

    BuildSession Session() => session ?? throw new InvalidParameterException("an output to the client needs a session");

    async Task ReportedAsync(string name, ExportPlan plan, Func<Action<string>, Task> work)
    {
        var started = DateTimeOffset.UtcNow;
        var vertex = new VertexEvent
        {
            Vertex = Digest.Of(System.Text.Encoding.UTF8.GetBytes($"{name} {plan.Id}")),
            Time = started,
            Name = name,
            Inputs = [],
            Started = started,
        };
        job.Tell(vertex);
        VertexStatusEvent? last = null;
        void Finish()
        {
            if (last is not null)
                job.Tell(last with { Time = DateTimeOffset.UtcNow, Completed = DateTimeOffset.UtcNow });
        }
        try
        {
            await work(what =>
            {
                Finish();
                job.Tell(
                    last = new VertexStatusEvent
                    {
                        Vertex = vertex.Vertex,
                        Time = DateTimeOffset.UtcNow,
                        Id = what,
                        Current = 0,
                        Started = DateTimeOffset.UtcNow,
                    }
                );
            });
            Finish();
            job.Tell(vertex with { Time = DateTimeOffset.UtcNow, Completed = DateTimeOffset.UtcNow });
        }
        catch (Exception e)
        {
            job.Tell(vertex with { Time = DateTimeOffset.UtcNow, Completed = DateTimeOffset.UtcNow, Error = e.Message });
            throw;
        }
    }
}
