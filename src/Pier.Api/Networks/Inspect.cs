using Pier.Api.Http;
using Pier.Contracts;
using Pier.Model;

namespace Pier.Api.Networks;

/// <summary>GET /networks/{name}, by name, id or the beginning of an id.</summary>
static class Inspect
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var scope = request.Query.Text("scope");
        var view = await request.Engine.Networks.InspectAsync(request.Name, request.Aborted);
        if (scope is not (null or "" or "local"))
            throw new NotFoundException($"network {request.Name} not found");
        await request.AnswerAsync(NetworkShapes.Resource(view), ContractsJson.Wire.NetworkResource);
    }
}
