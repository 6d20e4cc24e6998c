using Pier.Model;

namespace Pier.Store.Images;

/// <summary>An image of one platform that is to be: its layers, base first, are in the store and held by a lease.</summary>
public sealed record IndexMember(Platform Platform, ImageConfig Config, IReadOnlyList<Descriptor> Layers)
{
    /// <summary>Annotations of its manifest, and of the descriptor by which an index or an archive names it; null for none.</summary>
    public Dictionary<string, string>? ManifestAnnotations { get; init; }
    public Dictionary<string, string>? DescriptorAnnotations { get; init; }
}

/// <summary>An image as it was written: all of its blobs are in the store, held by a lease, and named by nothing yet.</summary>
/// <param name="Target">The manifest, or the index of several platforms, with the annotations of its descriptor.</param>
/// <param name="Members">One a platform, in the order that was asked for.</param>
public sealed record WrittenImage(Descriptor Target, IReadOnlyList<WrittenMember> Members)
{
    /// <summary>The member for this host, where it is among them; the first one otherwise.</summary>
    public WrittenMember Main => Members.FirstOrDefault(m => m.Platform.Satisfies(Platform.Host)) ?? Members[0];

    /// <summary>Everything that it consists of: layers, configurations and manifests before what names them.</summary>
    public IEnumerable<Descriptor> Contents =>
        Members.SelectMany(m => m.Layers.Append(m.Config).Append(m.Manifest)).Append(Target).DistinctBy(c => c.Digest);
}

/// <summary>One platform of a written image.</summary>
public sealed record WrittenMember(Platform Platform, Descriptor Manifest, Descriptor Config, IReadOnlyList<Descriptor> Layers);
