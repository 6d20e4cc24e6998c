using Pier.Model.Distribution;
using Pier.Registry.Http;

namespace Pier.Registry.Discovery;

/// <summary>GET /v2/NAME/tags/list?n=&amp;last=.</summary>
static class Tags
{
    public static async Task HandleAsync(RegistryRequest request)
    {
        var page = Page.Of(request);
        if (!await request.House.Manifests.KnowsAsync(request.Name, request.Aborted))
            throw new RegistryException(404, RegistryErrorCode.NameUnknown, $"repository name not known to registry: {request.Name}");
        var tags = page.Cut(
            request,
            await request.House.Manifests.TagsAsync(request.Name, request.Aborted),
            $"/v2/{request.Name}/tags/list"
        );
        await request.AnswerAsync(new TagList { Name = request.Name, Tags = tags }, DistributionJson.Plain.TagList);
    }
}
