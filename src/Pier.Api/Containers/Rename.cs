using Microsoft.AspNetCore.Http;
using Pier.Api.Http;

namespace Pier.Api.Containers;

/// <summary>POST /containers/{name}/rename.</summary>
static class Rename
{
    public static async Task HandleAsync(ApiRequest request)
    {
        await request.Engine.Containers.RenameAsync(request.Name, request.Query.Text("name") ?? "", request.Aborted);
        await request.AnswerAsync(StatusCodes.Status204NoContent);
    }
}
