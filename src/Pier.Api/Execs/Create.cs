using Microsoft.AspNetCore.Http;
using Pier.Api.Http;
using Pier.Contracts;
using Pier.Engine.Execs;
using Pier.Model;

namespace Pier.Api.Execs;

/// <summary>POST /containers/{name}/exec.</summary>
static class Create
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var asked = await JsonBody.ReadOptionalAsync(request, ContractsJson.Wire.ExecCreateRequest) ?? new ExecCreateRequest();
        if (asked.Cmd is not { Length: > 0 })
            throw new InvalidParameterException("No exec command specified");
        var id = await request.Engine.Execs.CreateAsync(
            request.Name,
            new ExecConfig
            {
                Command = asked.Cmd,
                AttachStdin = asked.AttachStdin,
                AttachStdout = asked.AttachStdout,
                AttachStderr = asked.AttachStderr,
                Tty = asked.Tty,
                DetachKeys = asked.DetachKeys is "" ? null : asked.DetachKeys,
                Environment = asked.Env ?? [],
                User = asked.User,
                WorkingDirectory = asked.WorkingDir,
                Privileged = asked.Privileged,
            },
            request.Aborted
        );
        await request.AnswerAsync(StatusCodes.Status201Created, new IdResponse(id), ContractsJson.Wire.IdResponse);
    }
}
