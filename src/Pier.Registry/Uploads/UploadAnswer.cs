using Microsoft.AspNetCore.Http;
using Pier.Model;
using Pier.Model.Distribution;
using Pier.Registry.Http;

namespace Pier.Registry.Uploads;

/// <summary>The headers by which an upload speaks.</summary>
static class UploadAnswer
{
    public static string Location(RegistryRequest request, string id) => $"/v2/{request.Name}/blobs/uploads/{id}";

    /// <summary>How far an upload is: "0-LAST", and "0-0" also before its first byte, as every registry says it.</summary>
    public static void Progress(RegistryRequest request, string id, long offset)
    {
        request.Response.Headers["Docker-Upload-UUID"] = id;
        request.Response.Headers.Range = $"0-{Math.Max(0, offset - 1)}";
    }

    public static void Created(RegistryRequest request, Digest digest)
    {
        request.Response.Headers["Docker-Content-Digest"] = digest.ToString();
        request.Answer(StatusCodes.Status201Created, $"/v2/{request.Name}/blobs/{digest}");
    }

    public static RegistryException Unknown() => new(404, RegistryErrorCode.BlobUploadUnknown, "blob upload unknown to registry");
}
