using System.Text.Json;
using Pier.Build.Cache.Portable;
using Pier.Build.Solver;
using Pier.Distribution.Credentials;
using Pier.Distribution.Push;
using Pier.Model;
using Pier.Model.Notation;
using Pier.Store.Content;
using Pier.Store.Images;

namespace Pier.Engine.Builds.Caches;

/// <summary>The caches that a build is to write when it is over. What they ask for is checked before it begins.</summary>
sealed class CacheExports
{
    readonly EngineParts parts;
    readonly BuildRequest request;
    readonly CacheExportPlan[] _plans;

    public CacheExports(EngineParts parts, BuildRequest request)
    {
        (this.parts, this.request) = (parts, request);
        // Docker's old word for --cache-to type=inline.
        IsInline =
            request.CacheTo.Any(p => p.Type == "inline")
            || GoBool.Parse(request.Arguments.GetValueOrDefault("BUILDKIT_INLINE_CACHE")) == true;
        foreach (var place in request.CacheTo.Where(p => p.Type == "inline"))
            CacheExportPlan.CheckInline(place);
        _plans = [.. request.CacheTo.Where(p => p.Type != "inline").Select(CacheExportPlan.Of)];
        foreach (var plan in _plans)
            ImageStore.Check(plan.Compression);
        if (_plans.Any(p => p.Store is not null) && request.Session is null)
            throw new InvalidParameterException("a cache that lies with the client needs a session");
    }

    /// <summary>The image itself tells what its layers are.</summary>
    public bool IsInline { get; }

    public WantedSteps Wanted =>
        _plans.Any(p => p.All) ? WantedSteps.All
        : IsInline || _plans.Length > 0 ? WantedSteps.Here
        : WantedSteps.None;

    /// <summary>Writes them; the answer is the last one's manifest, null without any.</summary>
    public async Task<Descriptor?> WriteAsync(SolveResult result, CancellationToken ct)
    {
        Descriptor? manifest = null;
        foreach (var plan in _plans)
        {
            try
            {
                manifest = await InternalSteps
                    .TellAllAsync(request, plan.Title, tell => WriteAsync(plan, result, tell, ct))
                    .ConfigureAwait(false);
            }
            catch (EngineException e) when (plan.IgnoreError)
            {
                request.CacheTrouble($"{plan.Title}: {e.Message}");
            }
        }
        return manifest;
    }

    async Task<Descriptor> WriteAsync(CacheExportPlan plan, SolveResult result, Action<string, long> tell, CancellationToken ct)
    {
        tell("preparing build cache for export", 0);
        var entries = result.Steps.Where(s => plan.All || s.IsOfResult).ToArray();
        using var lease = parts.Store.Content.Lease();
        var blobs = new Dictionary<Digest, Descriptor>();
        await Task.Run(
                () =>
                {
                    foreach (var layer in entries.SelectMany(e => e.Tree.Layers).DistinctBy(l => l.DiffId))
                        blobs[layer.DiffId] = parts.Store.Images.Recompress(layer.Blob, plan.Compression, lease, ct) with
                        {
                            Annotations = Annotations(layer),
                        };
                },
                ct
            )
            .ConfigureAwait(false);
        var config = lease.Write(CacheWriter.Write(entries, blobs), CacheDocument.MediaType);
        Descriptor[] layers = [.. blobs.Values.OrderBy(b => b.Digest.Hex, StringComparer.Ordinal)];
        var manifest = plan.AsImage ? Manifest(lease, config, layers) : Index(lease, plan, config, layers);
        if (plan.Reference is { } reference)
            await PushAsync(reference, manifest, tell, ct).ConfigureAwait(false);
        else
            await SendAsync(plan.Store!, [.. layers, config, manifest], tell, ct).ConfigureAwait(false);
        return manifest;
    }

    static Dictionary<string, string> Annotations(BuiltLayer layer)
    {
        var annotations = new Dictionary<string, string> { ["containerd.io/uncompressed"] = layer.DiffId.ToString() };
        if (layer.Created is { } created)
            annotations["buildkit/createdat"] = created.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        return annotations;
    }

    static Descriptor Manifest(ContentLease lease, Descriptor config, Descriptor[] layers) =>
        lease.Write(
            JsonSerializer.SerializeToUtf8Bytes(
                new ImageManifest
                {
                    MediaType = MediaTypes.OciManifest,
                    Config = config,
                    Layers = layers,
                },
                ImageJson.Plain.ImageManifest
            ),
            MediaTypes.OciManifest
        );

    static Descriptor Index(ContentLease lease, CacheExportPlan plan, Descriptor config, Descriptor[] layers)
    {
        var type = plan.OciTypes ? MediaTypes.OciIndex : MediaTypes.DockerList;
        return lease.Write(
            JsonSerializer.SerializeToUtf8Bytes(
                new ImageIndex { MediaType = type, Manifests = [.. layers, config] },
                ImageJson.Plain.ImageIndex
            ),
            type
        );
    }

    async Task PushAsync(ImageReference reference, Descriptor manifest, Action<string, long> tell, CancellationToken ct)
    {
        tell($"pushing cache manifest to {reference}", 0);
        var credentials = new CallCredentials(
            reference.Domain,
            (await request.Credentials(reference.Domain, ct).ConfigureAwait(false))?.Credentials
        );
        await parts
            .Registries.PushAsync(reference, manifest, new StorePushSource(parts.Store.Content), credentials, null, ct)
            .ConfigureAwait(false);
    }

    async Task SendAsync(string store, IReadOnlyList<Descriptor> contents, Action<string, long> tell, CancellationToken ct)
    {
        foreach (var content in contents)
        {
            tell(
                $"writing {(MediaTypes.IsLayer(content.MediaType) ? "layer" : content.MediaType == CacheDocument.MediaType ? "config" : "cache manifest")} {content.Digest}",
                0
            );
            await request
                .Session!.WriteContentAsync(store, content, () => parts.Store.Content.Open(content.Digest), ct)
                .ConfigureAwait(false);
        }
    }
}
