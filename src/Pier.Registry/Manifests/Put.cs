using System.Buffers;
using Microsoft.AspNetCore.Http;
using Pier.Model;
using Pier.Model.Distribution;
using Pier.Registry.Content;
using Pier.Registry.Http;

namespace Pier.Registry.Manifests;

/// <summary>
/// PUT /v2/NAME/manifests/REFERENCE. Everything that the manifest refers to must be in the repository already; a subject need not.
/// </summary>
static class Put
{
    public static async Task HandleAsync(RegistryRequest request)
    {
        var tag = Digest.TryParse(request.Reference, out var named) ? null : request.Reference;
        if (tag is not null)
            ManifestReference.CheckTag(tag);
        var bytes = await BodyAsync(request);
        if (tag is not null)
            named = Digest.Of(bytes);
        else if (!ManifestCheck.IsDigestOf(bytes, named))
            throw new RegistryException(400, RegistryErrorCode.DigestInvalid, "provided digest did not match uploaded content");

        var manifest = new StoredManifest(named, MediaTypeOf(request), bytes);
        var references = ManifestCheck.Read(bytes, manifest.MediaType);
        using var held = await request.House.Guard.HoldAsync(
            references.Blobs.Concat(references.Manifests).Select(d => d.Digest).Append(named)
        );
        await CheckPresentAsync(request, references);
        await request.House.Manifests.PutAsync(
            request.Name,
            manifest,
            tag,
            references.Subject,
            references.Listing(manifest),
            request.Aborted
        );

        request.Response.Headers["Docker-Content-Digest"] = named.ToString();
        if (references.Subject is { } subject)
            request.Response.Headers["OCI-Subject"] = subject.Digest.ToString();
        request.Answer(StatusCodes.Status201Created, $"/v2/{request.Name}/manifests/{request.Reference}");
    }

    static string MediaTypeOf(RegistryRequest request)
    {
        var type = request.Request.ContentType ?? "";
        var semicolon = type.IndexOf(';');
        return (semicolon < 0 ? type : type[..semicolon]).Trim();
    }

    static async Task CheckPresentAsync(RegistryRequest request, ManifestReferences references)
    {
        foreach (var blob in references.Blobs)
        {
            if (await request.House.Blobs.SizeAsync(request.Name, blob.Digest, request.Aborted) is not { } size)
                throw new RegistryException(404, RegistryErrorCode.ManifestBlobUnknown, $"blob unknown to registry: {blob.Digest}");
            if (size != blob.Size)
                throw new RegistryException(
                    400,
                    RegistryErrorCode.ManifestInvalid,
                    $"blob {blob.Digest} has {size} bytes, the manifest says {blob.Size}"
                );
        }
        foreach (var manifest in references.Manifests)
            if (
                !await request.House.Manifests.HasAsync(request.Name, manifest.Digest, request.Aborted)
                && !await IsBlobAsync(request, manifest)
            )
                throw new RegistryException(404, RegistryErrorCode.ManifestBlobUnknown, $"manifest unknown to registry: {manifest.Digest}");
    }

    // The index of a build cache lists blobs.
    static async Task<bool> IsBlobAsync(RegistryRequest request, Descriptor member) =>
        !MediaTypes.IsManifest(member.MediaType)
        && !MediaTypes.IsIndex(member.MediaType)
        && await request.House.Blobs.SizeAsync(request.Name, member.Digest, request.Aborted) == member.Size;

    static async Task<byte[]> BodyAsync(RegistryRequest request)
    {
        var reader = request.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(request.Aborted);
            if (read.Buffer.Length > ImageDocument.MaxSize)
                throw new RegistryException(
                    413,
                    RegistryErrorCode.ManifestInvalid,
                    $"the manifest is larger than {ImageDocument.MaxSize} bytes"
                );
            if (read.IsCompleted)
            {
                var bytes = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return bytes;
            }
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
