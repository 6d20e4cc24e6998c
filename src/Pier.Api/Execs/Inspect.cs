using Pier.Api.Http;
using Pier.Contracts;

namespace Pier.Api.Execs;

/// <summary>GET /exec/{name}/json.</summary>
static class Inspect
{
    public static Task HandleAsync(ApiRequest request)
    {
        var exec = request.Engine.Execs.Inspect(request.Name);
        var config = exec.Config;
        return request.AnswerAsync(
            new ExecInspect
            {
                ID = exec.Id,
                Running = exec.Running,
                ExitCode = exec.ExitCode,
                ProcessConfig = new ExecProcess
                {
                    Tty = config.Tty,
                    Entrypoint = config.Command[0],
                    Arguments = [.. config.Command.Skip(1)],
                    Privileged = config.Privileged,
                    User = config.User,
                },
                OpenStdin = config.AttachStdin,
                OpenStderr = config.AttachStderr,
                OpenStdout = config.AttachStdout,
                CanRemove = exec.CanRemove,
                ContainerID = exec.ContainerId,
                DetachKeys = config.DetachKeys ?? "",
                Pid = exec.Pid,
            },
            ContractsJson.Wire.ExecInspect
        );
    }
}
