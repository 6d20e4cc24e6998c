using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Pier.Distribution.Pull;
using Pier.Distribution.Push;
using Pier.Model;

namespace Pier.KernelTests.Distribution;

/// <summary>Content by digest in memory: a target that verifies, and a source.</summary>
public sealed class MemoryContent : IPullTarget, IPushSource
{
    public ConcurrentDictionary<Digest, byte[]> Blobs { get; } = [];
    public ConcurrentBag<int> Stored { get; } = [];
    public IReadOnlyList<string> Candidates { get; init; } = [];

    public bool Has(Descriptor content) => Blobs.ContainsKey(content.Digest);

    public Stream Open(Descriptor content) => new MemoryStream(Blobs[content.Digest], writable: false);

    public IReadOnlyList<string> MountCandidates(Descriptor blob) => Candidates;

    public ValueTask BeginAsync(ImageManifest manifest, ImageConfig config, CancellationToken ct) => ValueTask.CompletedTask;

    public async Task WriteAsync(Descriptor content, Stream stream, CancellationToken ct)
    {
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, ct);
        if (bytes.Length != content.Size || Digest.Of(bytes.ToArray()) != content.Digest)
            throw new InvalidParameterException($"content digest is {Digest.Of(bytes.ToArray())}, expected {content.Digest}");
        Blobs[content.Digest] = bytes.ToArray();
    }

    public async Task<bool> LayerAsync(int index, LayerSource source, CancellationToken ct)
    {
        if (!Has(source.Content))
        {
            await using var stream = await source.OpenAsync(0, ct);
            await WriteAsync(source.Content, stream, ct);
        }
        source.Fetched();
        Stored.Add(index);
        return true;
    }

    public Descriptor Add(byte[] bytes, string mediaType, Platform? platform = null)
    {
        var digest = Digest.Of(bytes);
        Blobs[digest] = bytes;
        return new Descriptor
        {
            MediaType = mediaType,
            Digest = digest,
            Size = bytes.Length,
            Platform = platform,
        };
    }

    /// <summary>Makes an image of random layers and answers its manifest's descriptor.</summary>
    public Descriptor AddImage(int layers, int size, string architecture = "amd64")
    {
        var parts = Enumerable.Range(0, layers).Select(_ => Add(RandomNumberGenerator.GetBytes(size), MediaTypes.OciLayerTar)).ToArray();
        var config = new ImageConfig
        {
            Architecture = architecture,
            Os = "linux",
            RootFs = new RootFs { DiffIds = [.. parts.Select(p => p.Digest)] },
        };
        var manifest = new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = Add(JsonSerializer.SerializeToUtf8Bytes(config, ImageJson.Plain.ImageConfig), MediaTypes.OciConfig),
            Layers = parts,
        };
        return Add(
            JsonSerializer.SerializeToUtf8Bytes(manifest, ImageJson.Plain.ImageManifest),
            MediaTypes.OciManifest,
            Platform.Parse("linux/" + architecture)
        );
    }

    /// <summary>Makes an image of layer tars, kept as they are.</summary>
    public Descriptor AddLayered(params byte[][] layers) => AddLayered(Platform.Host.Architecture, layers);

    /// <inheritdoc cref="AddLayered(byte[][])"/>
    public Descriptor AddLayered(string architecture, params byte[][] layers)
    {
        var parts = layers.Select(l => Add(l, MediaTypes.OciLayerTar)).ToArray();
        var config = new ImageConfig
        {
            Architecture = architecture,
            Os = "linux",
            RootFs = new RootFs { DiffIds = [.. parts.Select(p => p.Digest)] },
        };
        var manifest = new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = Add(JsonSerializer.SerializeToUtf8Bytes(config, ImageJson.Plain.ImageConfig), MediaTypes.OciConfig),
            Layers = parts,
        };
        return Add(
            JsonSerializer.SerializeToUtf8Bytes(manifest, ImageJson.Plain.ImageManifest),
            MediaTypes.OciManifest,
            Platform.Parse("linux/" + architecture)
        );
    }

    public Descriptor AddIndex(params Descriptor[] manifests) =>
        Add(
            JsonSerializer.SerializeToUtf8Bytes(
                new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = manifests },
                ImageJson.Plain.ImageIndex
            ),
            MediaTypes.OciIndex
        );
}
