using System.Globalization;
using Pier.Model;
using Pier.Store.Images;

namespace Pier.Engine.Images;

public sealed partial class ImageService
{
    /// <summary>
    /// Removes images that no container uses: those without a name, or with dangling=false all. Filters: dangling, label, label!, until.
    /// </summary>
    public Task<(IReadOnlyList<ImageRemoval> Removed, long Bytes)> PruneAsync(
        IReadOnlyDictionary<string, IReadOnlyList<string>> filters,
        CancellationToken ct
    )
    {
        foreach (var key in filters.Keys)
        {
            if (key is not ("dangling" or "label" or "label!" or "until"))
                throw BadFilter(key);
        }
        foreach (var until in filters.GetValueOrDefault("until") ?? [])
            Containers.PruneLimit.Parse(until, parts.Time);
        var danglingOnly = filters.GetValueOrDefault("dangling") is not [var flag, ..] || Truth(flag);
        var images = parts.Store.Images.List();
        var sizes = LayerSizes(images);
        var removed = new List<ImageRemoval>();
        foreach (
            var image in images.Where(i =>
                IsUnused(i, danglingOnly) && filters.All(f => f.Key == "dangling" || MatchesPrune(i, f.Key, f.Value))
            )
        )
        {
            ct.ThrowIfCancellationRequested();
            removed.AddRange(RemoveWhole(image));
        }
        var bytes = removed.Sum(r => r.Deleted is { } id ? sizes.GetValueOrDefault(id) : 0);
        parts.Events.Publish(
            "image",
            "prune",
            "",
            new Dictionary<string, string> { ["reclaimed"] = bytes.ToString(CultureInfo.InvariantCulture) }
        );
        return Task.FromResult<(IReadOnlyList<ImageRemoval>, long)>((removed, bytes));
    }

    bool IsUnused(Image image, bool danglingOnly) =>
        (!danglingOnly || image.Tags.Count + image.Digests.Count == 0) && Users(image.Id).Count == 0;

    bool MatchesPrune(Image image, string key, IReadOnlyList<string> values) =>
        key == "label!" ? !values.Any(v => FilterValue.HasLabel(LabelsOf(image), v)) : values.Count == 0 || Matches(image, key, values);

    IEnumerable<ImageRemoval> RemoveWhole(Image image)
    {
        var removals = new List<ImageRemoval>();
        try
        {
            foreach (var row in parts.Store.Images.Remove(image.Id.ToString(), force: true, prune: true, Users))
            {
                removals.Add(new ImageRemoval(row.Untagged, row.Deleted));
                if (row.Untagged is { } name)
                    Publish("untag", name, name);
                else if (row.Deleted is { } id)
                    Publish("delete", id, id);
            }
        }
        catch (EngineException e) when (e is ConflictException or NotFoundException)
        {
            // A container took it, or somebody else removed it, in between.
        }
        return removals;
    }

    Dictionary<string, long> LayerSizes(IReadOnlyList<Image> images) =>
        images
            .SelectMany(i => i.Config.RootFs.DiffIds.Length == 0 ? [] : ChainId.Prefixes(i.Config.RootFs.DiffIds))
            .Distinct()
            .ToDictionary(c => c.ToString(), parts.Store.Snapshots.LayerSize);

    static bool Truth(string text) =>
        text.ToLowerInvariant() switch
        {
            "1" or "t" or "true" => true,
            "0" or "f" or "false" => false,
            _ => throw BadFilter($"dangling=[{text}]"),
        };
}
