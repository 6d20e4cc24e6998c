using System.Net;
using System.Text.Json;
using Pier.Distribution.Credentials;
using Pier.Distribution.Transport;
using Pier.Distribution.Trust;
using Pier.Model;
using Pier.Model.Trust;

namespace Pier.Distribution;

public sealed partial class RegistryClient
{
    const int MaxSignatures = 64;

    /// <summary>The signatures that a repository has of a digest; whose they are is the caller's to find out.</summary>
    public async Task<IReadOnlyList<ImageSignature>> SignaturesAsync(
        ImageReference repository,
        Digest subject,
        ICredentialSource? credentials = null,
        CancellationToken ct = default
    )
    {
        var found = new List<ImageSignature>();
        if (
            await ManifestAsync(repository.WithTag(ImageSignature.TagOf(subject)), credentials, ct) is not { } tagged
            || !MediaTypes.IsManifest(tagged.Descriptor.MediaType)
        )
            return found;
        foreach (var layer in ImageDocument.Manifest(tagged.Bytes, tagged.Descriptor.MediaType).Layers.Take(MaxSignatures))
        {
            if (layer.MediaType != ImageSignature.MediaType || layer.Annotation(ImageSignature.Annotation) is not { } text)
                continue;
            var signature = new byte[text.Length];
            if (!Convert.TryFromBase64String(text, signature, out var length))
                continue;
            found.Add(new ImageSignature(await DocumentAsync(repository, layer, credentials, ct), signature[..length]));
        }
        return found;
    }

    /// <summary>
    /// Makes these the signatures of a digest, as cosign keeps them: a manifest under the tag "sha256-HEX.sig" that refers to the image, so
    /// that it is found among its referrers as well. None removes the manifest.
    /// </summary>
    public async Task PutSignaturesAsync(
        ImageReference repository,
        Descriptor subject,
        IReadOnlyList<ImageSignature> signatures,
        ICredentialSource? credentials = null,
        CancellationToken ct = default
    )
    {
        var name = repository.WithTag(ImageSignature.TagOf(subject.Digest));
        if (signatures.Count == 0)
        {
            if (await ManifestAsync(name, credentials, ct) is { } there)
                await DeleteManifestAsync(name, there.Descriptor.Digest, credentials, ct);
            return;
        }
        var source = new MemorySource();
        var layers = signatures
            .Select(s =>
                source.Add(s.Payload, ImageSignature.MediaType) with
                {
                    Annotations = new Dictionary<string, string> { [ImageSignature.Annotation] = Convert.ToBase64String(s.Signature) },
                }
            )
            .ToArray();
        var config = new ImageConfig
        {
            Architecture = "",
            Os = "",
            RootFs = new RootFs { DiffIds = [.. layers.Select(l => l.Digest)] },
        };
        var manifest = new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            ArtifactType = ImageSignature.ArtifactType,
            Config = source.Add(JsonSerializer.SerializeToUtf8Bytes(config, ImageJson.Plain.ImageConfig), MediaTypes.OciConfig),
            Layers = layers,
            Subject = new Descriptor
            {
                MediaType = subject.MediaType,
                Digest = subject.Digest,
                Size = subject.Size,
            },
        };
        await PushAsync(
            name,
            source.Add(JsonSerializer.SerializeToUtf8Bytes(manifest, ImageJson.Plain.ImageManifest), MediaTypes.OciManifest),
            source,
            credentials,
            ct: ct
        );
    }

    /// <summary>Deletes a manifest; what is not there is no error.</summary>
    public async Task DeleteManifestAsync(
        ImageReference repository,
        Digest digest,
        ICredentialSource? credentials = null,
        CancellationToken ct = default
    )
    {
        var host = _directory.ForPush(repository.Domain);
        await Translation.CrossAsync(
            host,
            repository.FamiliarName,
            async () =>
            {
                var session = await SessionAsync(host, credentials, ct);
                using var answer = await session.SendAsync(
                    $"v2/{repository.Path}/manifests/{digest}",
                    $"repository:{repository.Path}:delete,pull,push",
                    address => new HttpRequestMessage(HttpMethod.Delete, address),
                    ct
                );
                if (
                    answer.StatusCode
                    is not (HttpStatusCode.Accepted or HttpStatusCode.OK or HttpStatusCode.NoContent or HttpStatusCode.NotFound)
                )
                    throw await RegistryFailure.OfAsync(answer, ct);
                return true;
            },
            ct
        );
    }
}
