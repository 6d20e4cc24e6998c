using Pier.Model;
using Pier.Store.Images;

namespace Pier.Engine.Builds;

/// <summary>An image that a build has given: its blobs are in the store as long as the build is held, or somebody names them.</summary>
/// <param name="Target">The manifest, or the index of several platforms, with the annotations of its descriptor.</param>
/// <param name="Id">Its configuration; of several platforms that of this host's.</param>
public sealed record ExportedImage(Descriptor Target, Digest Id)
{
    /// <summary>Everything that it consists of, what is named before what names it.</summary>
    public IEnumerable<Descriptor> Contents => Written?.Contents ?? [];

    internal WrittenImage? Written { get; init; }
    internal Image? Image { get; init; }
}
