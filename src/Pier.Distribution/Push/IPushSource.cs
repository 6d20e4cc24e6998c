using Pier.Model;
using Pier.Store.Content;

namespace Pier.Distribution.Push;

/// <summary>Where a push takes content from.</summary>
public interface IPushSource
{
    /// <summary>Whether content is here; a platform of an index may not be.</summary>
    bool Has(Descriptor content);

    /// <summary>Opens content; seekable.</summary>
    Stream Open(Descriptor content);

    /// <summary>Repositories of the same registry that may have a blob already, the likeliest first: they are asked to share it.</summary>
    IReadOnlyList<string> MountCandidates(Descriptor blob);
}

/// <summary>A push out of a data root.</summary>
public sealed class StorePushSource(ContentStore content, Func<Descriptor, IReadOnlyList<string>>? candidates = null) : IPushSource
{
    public bool Has(Descriptor descriptor) => content.Size(descriptor.Digest) == descriptor.Size;

    public Stream Open(Descriptor descriptor) => content.Open(descriptor.Digest);

    public IReadOnlyList<string> MountCandidates(Descriptor blob) => candidates?.Invoke(blob) ?? [];
}
