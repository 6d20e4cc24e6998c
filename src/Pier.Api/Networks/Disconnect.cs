using Pier.Api.Http;
using Pier.Contracts;

namespace Pier.Api.Networks;

/// <summary>POST /networks/{name}/disconnect.</summary>
static class Disconnect
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var body = await JsonBody.ReadAsync(request, ContractsJson.Wire.NetworkDisconnectRequest);
        await request.Engine.Networks.DisconnectAsync(request.Name, body.Container, body.Force, request.Aborted);
    }
}
