using Microsoft.AspNetCore.Http;
using Pier.Api.Http;
using Pier.Api.Streams;
using Pier.Contracts;

namespace Pier.Api.Execs;

/// <summary>POST /exec/{name}/start.</summary>
static class Start
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var asked = await JsonBody.ReadOptionalAsync(request, ContractsJson.Wire.ExecStartRequest) ?? new ExecStartRequest();
        var (rows, columns) = asked.ConsoleSize is [var r, var c] ? (r, c) : (0, 0);
        if (asked.Detach)
        {
            await request.Engine.Execs.StartAsync(request.Name, detach: true, asked.Tty, rows, columns, request.Aborted);
            await request.AnswerAsync(StatusCodes.Status200OK);
            return;
        }
        var takeover = await Hijack.ClaimAsync(request);
        var session = await request.Engine.Execs.StartAsync(request.Name, detach: false, asked.Tty, rows, columns, request.Aborted)
            ?? throw new InvalidOperationException("an attached exec has a session");
        await Hijack.RunAsync(request, takeover, session);
    }
}
