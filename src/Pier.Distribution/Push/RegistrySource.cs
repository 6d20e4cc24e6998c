using Pier.Model;

namespace Pier.Distribution.Push;

/// <summary>A manifest that is in a registry.</summary>
public sealed record RegistrySourceMember(ImageReference From, byte[] Manifest);

/// <summary>
/// A push of an index whose members are in registries already: blobs are mounted where they are in the same registry, and otherwise brought
/// over through a temporary file.
/// </summary>
public sealed class RegistrySource : IPushSource
{
    readonly RegistryClient _client;
    readonly string _domain;
    readonly Dictionary<Digest, byte[]> _documents = [];
    readonly Dictionary<Digest, ImageReference> _blobs = [];

    public RegistrySource(RegistryClient client, string domain, byte[] index, IReadOnlyList<RegistrySourceMember> members)
    {
        (_client, _domain) = (client, domain);
        _documents[Digest.Of(index)] = index;
        foreach (var (from, bytes) in members)
        {
            _documents[Digest.Of(bytes)] = bytes;
            var manifest = ImageDocument.Manifest(bytes);
            foreach (var blob in manifest.Layers.Append(manifest.Config))
                _blobs[blob.Digest] = from;
        }
    }

    public bool Has(Descriptor content) => _documents.ContainsKey(content.Digest) || _blobs.ContainsKey(content.Digest);

    public Stream Open(Descriptor content)
    {
        if (_documents.TryGetValue(content.Digest, out var bytes))
            return new MemoryStream(bytes, writable: false);
        var file = new FileStream(
            Path.GetTempFileName(),
            FileMode.Open,
            FileAccess.ReadWrite,
            FileShare.None,
            4096,
            FileOptions.DeleteOnClose
        );
        try
        {
            using var blob =
                _client.OpenBlobAsync(_blobs[content.Digest], content.Digest).GetAwaiter().GetResult()
                ?? throw new NotFoundException($"blob {content.Digest} is not in {_blobs[content.Digest].Name} any more");
            blob.CopyTo(file);
            file.Position = 0;
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public IReadOnlyList<string> MountCandidates(Descriptor blob) =>
        _blobs.TryGetValue(blob.Digest, out var from) && from.Domain == _domain ? [from.Path] : [];
}
