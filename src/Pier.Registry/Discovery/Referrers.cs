using Pier.Model;
using Pier.Model.Distribution;
using Pier.Registry.Http;

namespace Pier.Registry.Discovery;

/// <summary>GET /v2/NAME/referrers/DIGEST?artifactType=: an index of what refers to a manifest, empty when nothing does.</summary>
static class Referrers
{
    public static async Task HandleAsync(RegistryRequest request)
    {
        var referrers = await request.House.Manifests.ReferrersAsync(request.Name, request.Digest(), request.Aborted);
        if (request.Query("artifactType") is { } type)
        {
            referrers = [.. referrers.Where(r => r.ArtifactType == type)];
            request.Response.Headers["OCI-Filters-Applied"] = "artifactType";
        }
        var index = new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [.. referrers] };
        await request.AnswerAsync(index, ImageJson.Plain.ImageIndex, MediaTypes.OciIndex);
    }
}
