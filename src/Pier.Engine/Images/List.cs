using System.Text.RegularExpressions;
using Pier.Store.Images;

namespace Pier.Engine.Images;

public sealed partial class ImageService
{
    /// <summary>Newest first. Filters: dangling, label, reference, before, since, until.</summary>
    public Task<IReadOnlyList<ImageSummaryView>> ListAsync(bool all, IReadOnlyDictionary<string, IReadOnlyList<string>> filters, CancellationToken ct)
    {
        foreach (var key in filters.Keys)
        {
            if (key is not ("dangling" or "label" or "reference" or "before" or "since" or "until")) throw BadFilter(key);
        }
        var containers = parts.Containers.All.GroupBy(c => c.Record.ImageId).ToDictionary(g => g.Key, g => g.Count());
        var rows = parts.Store.Images.List().Where(i => filters.All(f => f.Value.Count == 0 || Matches(i, f.Key, f.Value))).Select(i => new ImageSummaryView(
            i.Id.ToString(), i.RepoTags, i.RepoDigests, i.Config.Created ?? DateTimeOffset.UnixEpoch, i.Size,
            i.Config.Config?.Labels, containers.GetValueOrDefault(i.Id.ToString())));
        return Task.FromResult<IReadOnlyList<ImageSummaryView>>([.. rows]);
    }

    bool Matches(Image image, string key, IReadOnlyList<string> values) => key switch
    {
        "dangling" => values[0] is "true" or "1" ? image.RepoTags.Count == 0 : values[0] is "false" or "0" ? image.RepoTags.Count > 0 : throw BadFilter($"dangling={values[0]}"),
        "label" => values.All(v => Label(image, v)),
        "reference" => values.Any(v => image.Tags.Any(t => Glob(v).IsMatch(t.Familiar) || Glob(v).IsMatch(t.FamiliarName))),
        "before" => image.Config.Created < parts.Store.Images.Resolve(values[0]).Config.Created,
        "since" => image.Config.Created > parts.Store.Images.Resolve(values[0]).Config.Created,
        "until" => image.Config.Created <= Containers.PruneLimit.Parse(values[0], parts.Time),
        _ => false,
    };

    static bool Label(Image image, string value)
    {
        var labels = image.Config.Config?.Labels ?? [];
        var equals = value.IndexOf('=');
        return equals < 0 ? labels.ContainsKey(value) : labels.TryGetValue(value[..equals], out var label) && label == value[(equals + 1)..];
    }

    // path.Match's grammar: * and ? stay within a path segment.
    static Regex Glob(string pattern) =>
        new(@"\A" + Regex.Escape(pattern).Replace(@"\*", "[^/]*").Replace(@"\?", "[^/]") + @"\z", RegexOptions.None, TimeSpan.FromSeconds(1));
}
