using System.Security.Cryptography;
using System.Text.Json;
using Pier.Model;
using Pier.Model.Distribution;
using Pier.Registry.Http;

namespace Pier.Registry.Content;

/// <summary>What a manifest refers to: blobs of its repository, other manifests of it, and the subject, which need not exist.</summary>
sealed record ManifestReferences(
    IReadOnlyList<Descriptor> Blobs,
    IReadOnlyList<Descriptor> Manifests,
    Descriptor? Subject,
    ReferrerDocument Document
)
{
    /// <summary>How a listing of referrers shows the manifest (OCI distribution spec, "Listing Referrers").</summary>
    public Descriptor Listing(StoredManifest manifest) =>
        new()
        {
            MediaType = manifest.MediaType,
            Digest = manifest.Digest,
            Size = manifest.Bytes.Length,
            ArtifactType = Document.EffectiveArtifactType,
            Annotations = Document.Annotations,
        };
}

/// <summary>Reads pushed manifests: of a known type, unambiguous (CVE-2021-41190), bounded in size and depth.</summary>
static class ManifestCheck
{
    const string Schema1 = "application/vnd.docker.distribution.manifest.v1+";

    /// <summary>Parses a manifest of a media type; throws <see cref="RegistryException"/> MANIFEST_INVALID.</summary>
    public static ManifestReferences Read(ReadOnlySpan<byte> bytes, string mediaType)
    {
        try
        {
            if (MediaTypes.IsManifest(mediaType))
            {
                var manifest = ImageDocument.Manifest(bytes, mediaType);
                // Layers with URLs are fetched from there and need not be here.
                var blobs = manifest.Layers.Where(l => l.Urls is not { Length: > 0 }).Append(manifest.Config);
                return new ManifestReferences([.. blobs], [], manifest.Subject, Document(bytes));
            }
            if (MediaTypes.IsIndex(mediaType))
                return new ManifestReferences([], ImageDocument.Index(bytes, mediaType).Manifests, SubjectOf(bytes), Document(bytes));
        }
        catch (Exception e) when (e is InvalidParameterException or JsonException)
        {
            throw new RegistryException(400, RegistryErrorCode.ManifestInvalid, e.Message);
        }
        throw new RegistryException(
            400,
            RegistryErrorCode.ManifestInvalid,
            mediaType.StartsWith(Schema1, StringComparison.Ordinal)
                ? "Docker image manifest version 2, schema 1 is not supported: push the image again with a current client"
                : $"unknown manifest media type \"{mediaType}\""
        );
    }

    /// <summary>Whether bytes have a digest of either kind.</summary>
    public static bool IsDigestOf(ReadOnlySpan<byte> bytes, Digest digest) =>
        digest.Algorithm == "sha512" ? Convert.ToHexStringLower(SHA512.HashData(bytes)) == digest.Hex : Digest.Of(bytes) == digest;

    /// <summary>The subject of a stored manifest, or null.</summary>
    public static Descriptor? SubjectOf(ReadOnlySpan<byte> bytes) => Document(bytes).Subject;

    /// <summary>Every digest that a stored manifest or index mentions, its subject's left out: a referrer keeps nothing alive.</summary>
    public static IEnumerable<Digest> Mentions(byte[] bytes)
    {
        var probe = JsonSerializer.Deserialize(bytes, ImageJson.Plain.ImageDocumentProbe)!;
        if (probe.Manifests.ValueKind == JsonValueKind.Array)
            return ImageDocument.Index(bytes).Manifests.Select(m => m.Digest);
        var manifest = ImageDocument.Manifest(bytes);
        return manifest.Layers.Append(manifest.Config).Select(d => d.Digest);
    }

    static ReferrerDocument Document(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, DistributionJson.Plain.ReferrerDocument)!;
}
