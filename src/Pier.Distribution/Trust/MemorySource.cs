using Pier.Distribution.Push;
using Pier.Model;

namespace Pier.Distribution.Trust;

/// <summary>A push of a few small documents.</summary>
sealed class MemorySource : IPushSource
{
    readonly Dictionary<Digest, byte[]> _documents = [];

    public Descriptor Add(byte[] bytes, string mediaType)
    {
        var digest = Digest.Of(bytes);
        _documents[digest] = bytes;
        return new Descriptor
        {
            MediaType = mediaType,
            Digest = digest,
            Size = bytes.Length,
        };
    }

    public bool Has(Descriptor content) => _documents.ContainsKey(content.Digest);

    public Stream Open(Descriptor content) => new MemoryStream(_documents[content.Digest], writable: false);

    public IReadOnlyList<string> MountCandidates(Descriptor blob) => [];
}
