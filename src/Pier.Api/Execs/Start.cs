using Microsoft.AspNetCore.Http;
using Pier.Api.Http;
using Pier.Api.Streams;
using Pier.Contracts;
using Pier.Model;

namespace Pier.Api.Execs;

/// <summary>POST /exec/{name}/start.</summary>
static class Start
{
    static readonly TimeSpan DetachGrace = TimeSpan.FromMilliseconds(500);

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
        await Hijack.RunAsync(request, takeover, session, ct => UntilEndedAsync(request, asked.Tty, ct));
    }

    /// <summary>
    /// Clients ask for the exit code as soon as the stream ends, so the stream ends after the process. A terminal's stream also ends by the detach
    /// keys, with the process running on: then not for long.
    /// </summary>
    static async Task UntilEndedAsync(ApiRequest request, bool tty, CancellationToken ct)
    {
        try
        {
            var ended = request.Engine.Execs.WaitAsync(request.Name, ct);
            await (tty ? ended.WaitAsync(DetachGrace, ct) : ended);
        }
        catch (TimeoutException)
        {
            // Detached.
        }
        catch (NotFoundException)
        {
            // Its container was removed with it.
        }
    }
}
