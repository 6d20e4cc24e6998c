using Pier.Api.Http;
using Pier.Contracts;
using Pier.Model;

namespace Pier.Api.Networks;

/// <summary>GET /networks/{name}, by name, id or the beginning of an id.</summary>
static class Inspect
{
    public static Task HandleAsync(ApiRequest request)
    {
        var networks = DefaultNetworks.Of(request.Engine.Options);
        var found = networks.FirstOrDefault(n => n.Name == request.Name) ?? networks.FirstOrDefault(n => n.Id.StartsWith(request.Name, StringComparison.Ordinal));
        if (found is null) throw new NotFoundException($"network {request.Name} not found");
        return request.AnswerAsync(found, ContractsJson.Wire.NetworkResource);
    }
}
