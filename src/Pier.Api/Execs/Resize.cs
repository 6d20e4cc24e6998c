using Microsoft.AspNetCore.Http;
using Pier.Api.Http;

namespace Pier.Api.Execs;

/// <summary>POST /exec/{name}/resize.</summary>
static class Resize
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var (rows, columns) = TerminalSize.Read(request.Query);
        await request.Engine.Execs.ResizeAsync(request.Name, rows, columns, request.Aborted);
        await request.AnswerAsync(StatusCodes.Status200OK);
    }
}
