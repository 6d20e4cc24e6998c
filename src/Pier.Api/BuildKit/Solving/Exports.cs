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
    /// <summary>The content store of the client in which an unpacked image goes; a word of BuildKit's.</summary>
    const string ExportStore = "export";

    public async Task<IReadOnlyDictionary<string, string>> WriteAsync(
        FinishedBuild finished,
        IReadOnlyList<ExportPlan> plans,
        CancellationToken ct
    )
    {
        var response = new Dictionary<string, string>();
        foreach (var plan in plans)
            await WriteAsync(finished, plan, response, ct);
        if (await finished.WriteCachesAsync(ct) is { } cache)
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
                report => ArchiveAsync(finished, plan, response, report, ct)
            ),
            ExportKind.Tar => ReportedAsync(
                "exporting to client tarball",
                plan,
                report => SendAsync(plan, report, output => finished.WriteTar(plan.Tree, output, ct), ct)
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
        var names = plan.ByDigest ? [] : plan.Names;
        var image = await Task.Run(() => plan.Store ? finished.Keep(plan.Image, names, ct) : finished.Write(plan.Image, ct), ct);
        if (plan.Store)
        {
            report($"writing image {image.Id}");
            foreach (var name in names)
                report($"naming to {name}");
        }
        var target = plan.Push ? await PushAsync(plan, image.Target, report, ct) : image.Target;
        if (plan.Store)
            NameByDigest(finished, plan, image, target, report);
        Describe(response, image, target, plan.Names);
        // Without an image store of manifests Docker's daemon knows images by their configuration.
        if (!plan.Push && plan.Store && finished.Platforms.Count == 1)
            response["containerimage.digest"] = image.Id.ToString();
    }

    async Task<Descriptor> PushAsync(ExportPlan plan, Descriptor target, Action<string> report, CancellationToken ct)
    {
        foreach (var name in plan.Names)
        {
            report($"pushing {name}");
            var auth = session is null ? null : await session.FindCredentialsAsync(name.Domain, ct);
            target = await engine.Images.PushAsync(target, name, plan.Image.Form.Compression is not null, plan.Insecure, auth, ct);
        }
        return target;
    }

    // A registry's own name for it, as a pull would give it; and those that were asked for.
    static void NameByDigest(FinishedBuild finished, ExportPlan plan, ExportedImage image, Descriptor target, Action<string> report)
    {
        IEnumerable<ImageReference> names =
            plan.Push || plan.Canonical ? plan.Names
            : plan.DanglingName is { } prefix ? [prefix]
            : [];
        foreach (var name in names.Select(n => n.WithDigest(target.Digest)).Distinct())
        {
            report($"naming to {name}");
            finished.Name(image, target, name);
        }
    }

    static void Describe(Dictionary<string, string> response, ExportedImage image, Descriptor target, IReadOnlyList<ImageReference> names)
    {
        response["containerimage.config.digest"] = image.Id.ToString();
        response["containerimage.digest"] = target.Digest.ToString();
        response["containerimage.descriptor"] = Convert.ToBase64String(
            JsonSerializer.SerializeToUtf8Bytes(target, ImageJson.Plain.Descriptor)
        );
        if (names.Count > 0)
            response["image.name"] = string.Join(',', names);
    }

    async Task ArchiveAsync(
        FinishedBuild finished,
        ExportPlan plan,
        Dictionary<string, string> response,
        Action<string> report,
        CancellationToken ct
    )
    {
        var written = await Task.Run(() => finished.Write(plan.Image, ct), ct);
        if (plan.IsUnpacked)
        {
            report("sending image layout");
            foreach (var content in written.Contents)
                await Session().WriteContentAsync(ExportStore, content, () => finished.OpenContent(content), ct);
        }
        else
        {
            await SendAsync(plan, report, output => finished.WriteArchive(written, plan.Names, output, ct), ct);
        }
        Describe(response, written, written.Target, plan.Names);
    }

    async Task SendAsync(ExportPlan plan, Action<string> report, Action<Stream> write, CancellationToken ct)
    {
        await using var output = await Session().OpenOutputAsync(plan.Id, new Dictionary<string, string>(), ct);
        report("sending tarball");
        await Task.Run(() => write(output.Stream), ct);
        await output.CompleteAsync(ct);
    }

    async Task DirectoryAsync(FinishedBuild finished, ExportPlan plan, Action<string> report, CancellationToken ct)
    {
        using var tree = finished.OpenTree(plan.Tree);
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
        void Tell(string what)
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
        }
        try
        {
            // Older clients know no warnings.
            foreach (var warning in plan.Warnings)
                Tell(warning);
            await work(Tell);
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
