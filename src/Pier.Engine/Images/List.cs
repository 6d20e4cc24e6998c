using System.Text.RegularExpressions;
using Pier.Model;
using Pier.Store.Images;

namespace Pier.Engine.Images;

public sealed partial class ImageService
{
    /// <summary>Newest first. Filters: dangling, label, reference, before, since, until.</summary>
    public Task<IReadOnlyList<ImageSummaryView>> ListAsync(
        bool all,
        IReadOnlyDictionary<string, IReadOnlyList<string>> filters,
        CancellationToken ct
    )
    {
        foreach (var key in filters.Keys)
        {
            if (key is not ("dangling" or "label" or "reference" or "before" or "since" or "until"))
                throw BadFilter(key);
        }
        var containers = parts.Containers.All.GroupBy(c => c.Record.ImageId).ToDictionary(g => g.Key, g => g.Count());
        var patterns = filters.GetValueOrDefault("reference") ?? [];
        var rows = parts
            .Store.Images.List()
            .Where(i => filters.All(f => f.Value.Count == 0 || Matches(i, f.Key, f.Value)))
            .Select(i => new ImageSummaryView(
                i.Id.ToString(),
                Named(i.Tags, patterns),
                Named(i.Digests, patterns),
                i.Config.Created ?? DateTimeOffset.UnixEpoch,
                i.Size,
                i.Config.Config?.Labels,
                containers.GetValueOrDefault(i.Id.ToString())
            ));
        return Task.FromResult<IReadOnlyList<ImageSummaryView>>([.. rows]);
    }

    /// <summary>By image id, what it shares with others.</summary>
    public IReadOnlyDictionary<string, long> SharedSizes() => parts.Store.Images.Usage().ToDictionary(u => u.Id.ToString(), u => u.Shared);

    // A filter by name also chooses among an image's names.
    static IReadOnlyList<string> Named(IReadOnlyList<ImageReference> names, IReadOnlyList<string> patterns) =>
        [.. names.Where(n => patterns.Count == 0 || patterns.Any(p => IsLike(n, p))).Select(n => n.Familiar)];

    static bool IsLike(ImageReference name, string pattern) =>
        Glob(pattern).IsMatch(name.Familiar) || Glob(pattern).IsMatch(name.FamiliarName);

    bool Matches(Image image, string key, IReadOnlyList<string> values) =>
        key switch
        {
            "dangling" => FilterValue.Boolean("dangling", values[0]) == (image.RepoTags.Count == 0),
            "label" => values.All(v => FilterValue.HasLabel(LabelsOf(image), v)),
            "reference" => values.Any(v => image.Tags.Concat(image.Digests).Any(t => IsLike(t, v))),
            "before" => image.Config.Created < parts.Store.Images.Resolve(values[0]).Config.Created,
            "since" => image.Config.Created > parts.Store.Images.Resolve(values[0]).Config.Created,
            "until" => image.Config.Created <= Containers.PruneLimit.Parse(values[0], parts.Time),
            _ => false,
        };

    static IReadOnlyDictionary<string, string> LabelsOf(Image image) => image.Config.Config?.Labels ?? [];

    // path.Match's grammar: * and ? stay within a path segment.
    static Regex Glob(string pattern) =>
        new(
            @"\A" + Regex.Escape(pattern).Replace(@"\*", "[^/]*").Replace(@"\?", "[^/]") + @"\z",
            RegexOptions.None,
            TimeSpan.FromSeconds(1)
        );
}
