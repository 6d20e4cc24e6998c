using Pier.Api.Http;
using Pier.Contracts;

namespace Pier.Api.Networks;

/// <summary>POST /networks/{name}/connect.</summary>
static class Connect
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var body = await JsonBody.ReadAsync(request, ContractsJson.Wire.NetworkConnectRequest);
        await request.Engine.Networks.ConnectAsync(request.Name, body.Container, body.EndpointConfig, request.Aborted);
    }
}
