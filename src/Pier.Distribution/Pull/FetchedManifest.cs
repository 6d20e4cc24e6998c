using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Pier.Distribution.Transport;
using Pier.Model;

namespace Pier.Distribution.Pull;

/// <summary>A manifest or index as a registry sent it, verified where a digest was known.</summary>
public sealed record FetchedManifest(Descriptor Descriptor, byte[] Bytes)
{
    static readonly string[] Accepted = [MediaTypes.OciIndex, MediaTypes.DockerList, MediaTypes.OciManifest, MediaTypes.DockerManifest];

    const string Schema1 = "application/vnd.docker.distribution.manifest.v1+";

    /// <summary>Fetches by tag, or by digest and then verified; null when the registry has it not.</summary>
    internal static async Task<FetchedManifest?> GetAsync(
        RegistrySession session,
        string repository,
        string reference,
        CancellationToken ct
    )
    {
        using var answer = await session.SendAsync(
            $"v2/{repository}/manifests/{reference}",
            RegistrySession.PullScope(repository),
            address =>
            {
                var request = RegistrySession.Get(address);
                foreach (var type in Accepted)
                    request.Headers.Accept.ParseAdd(type);
                return request;
            },
            ct
        );
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return null;
        if (answer.StatusCode != HttpStatusCode.OK)
            throw await RegistryFailure.OfAsync(answer, ct);
        var bytes = await BoundedBody.ReadAsync(answer, ImageDocument.MaxSize, ct);
        var digest = Digest.TryParse(reference, out var asked) ? Verified(bytes, asked) : DigestOf(answer, bytes);
        return new FetchedManifest(
            new Descriptor
            {
                MediaType = MediaTypeOf(answer, bytes),
                Digest = digest,
                Size = bytes.Length,
            },
            bytes
        );
    }

    static Digest Verified(byte[] bytes, Digest asked)
    {
        var matches =
            asked.Algorithm == "sha512" ? Convert.ToHexStringLower(SHA512.HashData(bytes)) == asked.Hex : Digest.Of(bytes) == asked;
        return matches ? asked : throw new InvalidParameterException($"manifest verification failed for digest {asked}");
    }

    // What a registry says of the digest may be missing but not be wrong.
    static Digest DigestOf(HttpResponseMessage answer, byte[] bytes)
    {
        var own = Digest.Of(bytes);
        if (
            answer.Headers.TryGetValues("Docker-Content-Digest", out var values)
            && Digest.TryParse(values.FirstOrDefault(), out var said)
            && said.Algorithm == own.Algorithm
            && said != own
        )
            throw new InvalidParameterException($"manifest verification failed for digest {said}");
        return own;
    }

    // The document's own word counts before the header: some servers and proxies send application/json, or text.
    static string MediaTypeOf(HttpResponseMessage answer, byte[] bytes)
    {
        var said = answer.Content.Headers.ContentType?.MediaType ?? "";
        ImageDocumentProbe? probe;
        try
        {
            probe = JsonSerializer.Deserialize(bytes, ImageJson.Plain.ImageDocumentProbe);
        }
        catch (JsonException e)
        {
            throw new InvalidParameterException(
                $"invalid manifest: the registry sent {(said.Length > 0 ? said : "no content type")}: {e.Message}",
                e
            );
        }
        if (said.StartsWith(Schema1, StringComparison.Ordinal) || probe?.FsLayers.ValueKind == JsonValueKind.Array)
            throw new UnsupportedException(
                "Docker image manifest version 2, schema 1 is not supported: push the image again with a current client, or convert it with skopeo"
            );
        var type = probe?.MediaType is { Length: > 0 } own ? own : said;
        if (MediaTypes.IsManifest(type) || MediaTypes.IsIndex(type))
            return type;
        if (type.Length == 0 || type == said)
        {
            if (probe?.Manifests.ValueKind == JsonValueKind.Array)
                return MediaTypes.OciIndex;
            if (probe?.Layers.ValueKind == JsonValueKind.Array)
                return MediaTypes.OciManifest;
        }
        throw new InvalidParameterException($"unsupported media type {type}");
    }
}
