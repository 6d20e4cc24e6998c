using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Containers.Creation;
using Pier.Cli.Sessions;
using Pier.Cli.Transport;
using Pier.Contracts;

namespace Pier.Cli.Containers;

/// <summary>pier exec.</summary>
static class Exec
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "exec",
            Usage = "[OPTIONS] CONTAINER COMMAND [ARG...]",
            Summary = "Execute a command in a running container",
            Aliases = ["container exec", "exec"],
            Options =
            [
                new("detach", 'd', "", "Detached mode: run command in the background"),
                new("detach-keys", '\0', "string", "Override the key sequence for detaching a container"),
                new("env", 'e', "list", "Set environment variables"),
                new("env-file", '\0', "list", "Read in a file of environment variables"),
                new("interactive", 'i', "", "Keep STDIN open even if not attached"),
                new("privileged", '\0', "", "Give extended privileges to the command"),
                new("tty", 't', "", "Allocate a pseudo-TTY"),
                new("user", 'u', "string", "Username or UID (format: \"<name|uid>[:<group|gid>]\")"),
                new("workdir", 'w', "string", "Working directory inside the container"),
            ],
            MinimumArguments = 2,
            Interspersed = false,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var line = call.Line;
        var (detach, tty) = (line.Flag("detach"), line.Flag("tty"));
        Run.CheckTerminal(call, detach);
        var id = Create(call, detach, tty);
        var size = tty && call.Environment.Terminal.Size is (> 0 and var rows, > 0 and var columns) ? new[] { rows, columns } : null;
        var start = JsonSerializer.SerializeToUtf8Bytes(
            new ExecStartRequest
            {
                Detach = detach,
                Tty = tty,
                ConsoleSize = size,
            },
            ContractsJson.Default.ExecStartRequest
        );
        if (detach)
        {
            call.Client.Call("POST", $"/exec/{id}/start", start);
            return 0;
        }
        var stream = call.Client.Hijack($"/exec/{id}/start", start);
        using var window = tty && call.Environment.Terminal.IsOutputTerminal ? new WindowFollower(call, $"/exec/{id}") : null;
        window?.Resize();
        var detached = new StdioSession(call.Environment, stream, tty, line.Flag("interactive"), Run.DetachSequence(call)).Run();
        return detached ? throw new CliFailure(StdioSession.Detached) : ExitCode(call, id);
    }

    static string Create(Invocation call, bool detach, bool tty)
    {
        var line = call.Line;
        var config = new ExecCreateRequest
        {
            User = line.Text("user") ?? "",
            Privileged = line.Flag("privileged"),
            Tty = tty,
            AttachStdin = !detach && line.Flag("interactive"),
            AttachStdout = !detach,
            AttachStderr = !detach,
            DetachKeys = line.Text("detach-keys") ?? call.Config.DetachKeys ?? "",
            Env = new EnvironmentOptions(call.Environment).Variables(line),
            WorkingDir = line.Text("workdir") ?? "",
            Cmd = [.. call.Arguments.Skip(1)],
        };
        var answer = call.Client.Call(
            "POST",
            $"/containers/{QueryString.Escape(call.Arguments[0])}/exec",
            config,
            ContractsJson.Default.ExecCreateRequest
        );
        using var document = JsonDocument.Parse(answer);
        return document.RootElement.Text("Id");
    }

    static int ExitCode(Invocation call, string id)
    {
        using var document = call.Client.GetJson($"/exec/{id}/json");
        return (int)document.RootElement.Number("ExitCode");
    }
}
