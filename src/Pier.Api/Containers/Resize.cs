using Microsoft.AspNetCore.Http;
using Pier.Api.Http;

namespace Pier.Api.Containers;

/// <summary>POST /containers/{name}/resize.</summary>
static class Resize
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var (rows, columns) = TerminalSize.Read(request.Query);
        await request.Engine.Containers.ResizeAsync(request.Name, rows, columns, request.Aborted);
        await request.AnswerAsync(StatusCodes.Status200OK);
    }
}
