using Pier.Model.Distribution;
using Pier.Registry.Http;

namespace Pier.Registry.Discovery;

/// <summary>GET /v2/_catalog?n=&amp;last=.</summary>
static class Catalog
{
    public static async Task HandleAsync(RegistryRequest request)
    {
        var page = Page.Of(request);
        var names = page.Cut(request, await request.House.Tree.ListAsync(request.Aborted), "/v2/_catalog");
        await request.AnswerAsync(new RepositoryCatalog { Repositories = names }, DistributionJson.Plain.RepositoryCatalog);
    }
}
