using System.Text.RegularExpressions;

namespace Pier.Model.Builds;

/// <summary>What of an image an annotation is written on.</summary>
public enum NotePlace
{
    Manifest,
    ManifestDescriptor,
    Index,
    IndexDescriptor,
}

/// <summary>One annotation (OCI image spec, annotations.md). Without a platform it is meant for all.</summary>
public sealed record ImageNote(NotePlace Place, Platform? Platform, string Key, string Value);

/// <summary>The annotations of an image that is exported.</summary>
public sealed partial class ImageNotes(IReadOnlyList<ImageNote> notes)
{
    public static ImageNotes None { get; } = new([]);

    public bool IsEmpty => notes.Count == 0;

    /// <summary>
    /// An exporter's attribute as an annotation: "annotation.KEY", "annotation-manifest[linux/amd64].KEY", "annotation-index.KEY" and their
    /// "-descriptor"s; null when it is none. Throws <see cref="InvalidParameterException"/> for one that is written wrongly.
    /// </summary>
    public static ImageNote? Parse(string attribute, string value)
    {
        if (!Beginning().IsMatch(attribute))
            return null;
        if (Whole().Match(attribute) is not { Success: true } match)
            throw new InvalidParameterException($"could not fully parse annotation {attribute}");
        var place = match.Groups["place"].Value switch
        {
            "" or "manifest" => NotePlace.Manifest,
            "manifest-descriptor" => NotePlace.ManifestDescriptor,
            "index" => NotePlace.Index,
            "index-descriptor" => NotePlace.IndexDescriptor,
            var other => throw new InvalidParameterException($"unrecognized annotation type {other}"),
        };
        var platform = match.Groups["platform"] is { Success: true } named ? Model.Platform.Parse(named.Value) : null;
        return new ImageNote(place, platform, match.Groups["key"].Value, value);
    }

    /// <summary>
    /// Throws <see cref="InvalidParameterException"/> when something is to be written on what there will not be: an index of one image, a
    /// platform that is not built.
    /// </summary>
    public void Check(IReadOnlyList<Platform> platforms)
    {
        if (platforms.Count < 2 && notes.Any(n => n.Place is NotePlace.Index or NotePlace.IndexDescriptor))
            throw new InvalidParameterException("index annotations not supported for single platform export");
        if (notes.FirstOrDefault(n => n.Platform is { } p && !platforms.Contains(p)) is { } stray)
            throw new InvalidParameterException($"invalid annotation: no platform {stray.Platform} found in source");
    }

    /// <summary>Those of one place, for one platform where the place has one; what names the platform goes first. Null for none.</summary>
    public Dictionary<string, string>? Of(NotePlace place, Platform? platform)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var meant = notes.Where(n => n.Place == place && (n.Platform is null || platform is null || n.Platform == platform));
        foreach (var note in meant.OrderBy(n => n.Platform is not null))
            found[note.Key] = note.Value;
        return found.Count > 0 ? new Dictionary<string, string>(found) : null;
    }

    [GeneratedRegex(@"^annotation[-.\[]")]
    private static partial Regex Beginning();

    [GeneratedRegex(@"^annotation(-(?<place>[a-z-]+))?(\[(?<platform>[A-Za-z0-9_/-]+)\])?\.(?<key>\S+)$")]
    private static partial Regex Whole();
}
