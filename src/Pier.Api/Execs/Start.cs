using System.Buffers.Binary;
using System.Text;
using Microsoft.AspNetCore.Http;
using Pier.Api.Http;
using Pier.Api.Streams;
using Pier.Contracts;
using Pier.Engine.Containers;
using Pier.Model;

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
            await request.Engine.Execs.StartAsync(request.Name, detach: true, rows, columns, request.Aborted);
            await request.AnswerAsync(StatusCodes.Status200OK);
            return;
        }
        var takeover = await Hijack.ClaimAsync(request);
        request.Engine.Execs.RequireContainer(request.Name);
        await Hijack.AnswerAsync(request, takeover, asked.Tty);
        await Hijack.RunAsync(request, takeover, ReframedStream.Of(await OpenAsync(request, asked, rows, columns), asked.Tty));
    }

    static async Task<AttachSession> OpenAsync(ApiRequest request, ExecStartRequest asked, int rows, int columns)
    {
        try
        {
            return await request.Engine.Execs.StartAsync(request.Name, detach: false, rows, columns, request.Aborted)
                ?? throw new InvalidOperationException("an attached exec has a session");
        }
        catch (EngineException e)
        {
            // As in Docker a command or user that cannot be run is told on its own output: the answer's head has been sent.
            return new AttachSession(
                new MemoryStream(Told(e.Message, asked.Tty), writable: false),
                asked.Tty,
                () => ValueTask.CompletedTask
            );
        }
    }

    /// <summary>A line of standard output: a frame [1, 0, 0, 0, length big-endian], or raw for a terminal.</summary>
    static byte[] Told(string message, bool tty)
    {
        var line = Encoding.UTF8.GetBytes(message + "\r\n");
        if (tty)
            return line;
        var frame = new byte[8 + line.Length];
        frame[0] = 1;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), line.Length);
        line.CopyTo(frame, 8);
        return frame;
    }
}
