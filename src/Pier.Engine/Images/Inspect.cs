using Pier.Model;

namespace Pier.Engine.Images;

public sealed partial class ImageService
{
    public Task<ImageDetailsView> InspectAsync(string reference, Platform? platform, CancellationToken ct)
    {
        var image = parts.Store.Images.Resolve(reference, platform);
        return Task.FromResult(
            new ImageDetailsView
            {
                Id = image.Id.ToString(),
                RepoTags = image.RepoTags,
                RepoDigests = image.RepoDigests,
                Comment = image.Config.Comment ?? "",
                Created = image.Config.Created,
                Author = image.Config.Author ?? "",
                Config = image.Config.Config ?? new ContainerConfig(),
                Architecture = image.Config.Architecture,
                Variant = image.Config.Variant ?? "",
                Os = image.Config.Os,
                Size = image.Size,
                Driver = parts.Store.Snapshots.DriverName,
                LayerDiffIds = [.. image.Config.RootFs.DiffIds.Select(d => d.ToString())],
                LastTagged = image.LastTagged,
            }
        );
    }

    /// <summary>Newest first; layers that the store holds have their size, others 0.</summary>
    public Task<IReadOnlyList<ImageHistoryView>> HistoryAsync(string reference, Platform? platform, CancellationToken ct)
    {
        var image = parts.Store.Images.Resolve(reference, platform);
        var chains = image.Config.RootFs.DiffIds.Length == 0 ? [] : ChainId.Prefixes(image.Config.RootFs.DiffIds);
        var rows = new List<ImageHistoryView>();
        var layer = 0;
        foreach (var entry in image.Config.History ?? [])
        {
            var size = !entry.EmptyLayer && layer < chains.Count ? parts.Store.Snapshots.LayerSize(chains[layer++]) : 0;
            rows.Add(new ImageHistoryView("<missing>", entry.Created, entry.CreatedBy ?? "", size, entry.Comment ?? "", []));
        }
        rows.Reverse();
        if (rows.Count > 0)
            rows[0] = rows[0] with { Id = image.Id.ToString(), Tags = image.RepoTags };
        return Task.FromResult<IReadOnlyList<ImageHistoryView>>(rows);
    }
}
