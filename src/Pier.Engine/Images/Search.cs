using System.Globalization;
using Pier.Model;
using Pier.Model.Distribution;

namespace Pier.Engine.Images;

public sealed partial class ImageService
{
    const int SearchLimit = 25;

    /// <summary>
    /// Searches Docker Hub ("term") or another registry ("host/term"); limit is 1 to 100, null or 0 for 25. Filters: is-official,
    /// is-automated, stars (at least so many).
    /// </summary>
    public async Task<IReadOnlyList<SearchResult>> SearchAsync(
        string term,
        int? limit,
        IReadOnlyDictionary<string, IReadOnlyList<string>> filters,
        RegistryAuth? auth,
        CancellationToken ct
    )
    {
        foreach (var key in filters.Keys)
        {
            if (key is not ("is-official" or "is-automated" or "stars"))
                throw BadFilter(key);
        }
        var (official, automated) = (Flag(filters, "is-official"), Flag(filters, "is-automated"));
        var stars = filters.GetValueOrDefault("stars")?.Select(Stars).DefaultIfEmpty().Max() ?? 0;
        var name = ImageReference.TryParse(term, out var parsed) ? parsed : null;
        var found = await parts
            .Registries.SearchAsync(term, limit is null or 0 ? SearchLimit : limit.Value, name is null ? null : Source(name, auth), ct)
            .ConfigureAwait(false);
        return
        [
            .. found.Where(r =>
                (official is null || r.IsOfficial == official) && (automated is null || r.IsAutomated == automated) && r.StarCount >= stars
            ),
        ];
    }

    static int Stars(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var stars)
            ? stars
            : throw new InvalidParameterException($"invalid filter 'stars={text}'");

    static bool? Flag(IReadOnlyDictionary<string, IReadOnlyList<string>> filters, string key) =>
        filters.GetValueOrDefault(key) is not [var value, ..]
            ? null
            : FilterValue.Boolean(value) ?? throw new InvalidParameterException($"invalid filter '{key}=[{value}]'");
}
