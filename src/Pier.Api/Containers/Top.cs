using Pier.Api.Http;
using Pier.Contracts;

namespace Pier.Api.Containers;

/// <summary>GET /containers/{name}/top.</summary>
static class Top
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var top = await request.Engine.Containers.TopAsync(request.Name, request.Query.Text("ps_args") ?? "-ef", request.Aborted);
        await request.AnswerAsync(new TopResponse(top.Processes, top.Titles), ContractsJson.Wire.TopResponse);
    }
}
