using Pier.Cli.CommandLines;
using Pier.Cli.Sessions;
using Pier.Cli.Transport;

namespace Pier.Cli.Containers;

/// <summary>pier start.</summary>
static class Start
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "start",
            Usage = "[OPTIONS] CONTAINER [CONTAINER...]",
            Summary = "Start one or more stopped containers",
            Aliases = ["container start", "start"],
            Options =
            [
                new("attach", 'a', "", "Attach STDOUT/STDERR and forward signals"),
                new("checkpoint", '\0', "string", "Restore from this checkpoint"),
                new("checkpoint-dir", '\0', "string", "Use a custom checkpoint storage directory"),
                new("detach-keys", '\0', "string", "Override the key sequence for detaching a container"),
                new("interactive", 'i', "", "Attach container's STDIN"),
            ],
            MinimumArguments = 1,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var line = call.Line;
        if (line.Has("checkpoint"))
            throw new CliFailure("checkpoints are not supported");
        if (!line.Flag("attach") && !line.Flag("interactive"))
            return StartAll(call);
        if (call.Arguments.Count > 1)
            throw new CliFailure("you cannot start and attach multiple containers at once");
        return StartAttached(call, call.Arguments[0]);
    }

    static int StartAll(Invocation call)
    {
        var failed = new List<string>();
        foreach (var name in call.Arguments)
        {
            try
            {
                call.Client.Call("POST", $"/containers/{QueryString.Escape(name)}/start");
                call.Out.WriteLine(name);
            }
            catch (DaemonError e)
            {
                call.Out.Flush();
                call.Error.WriteLine(e.Message);
                failed.Add(name);
            }
        }
        return failed.Count == 0 ? 0 : throw new CliFailure($"Error: failed to start containers: {string.Join(", ", failed)}");
    }

    static int StartAttached(Invocation call, string name)
    {
        using var document = call.Client.GetJson($"/containers/{QueryString.Escape(name)}/json");
        var container = document.RootElement;
        var id = container.Text("Id");
        var tty = container.At("Config") is { } config && config.Flag("Tty");
        var withInput = call.Line.Flag("interactive") && container.At("Config") is { } c && c.Flag("OpenStdin");
        var autoRemove = container.At("HostConfig") is { } host && host.Flag("AutoRemove");
        var path = new QueryString($"/containers/{id}/attach")
            .Add("stream", "1")
            .AddIf(withInput, "stdin")
            .Add("stdout", "1")
            .Add("stderr", "1")
            .Add("detachKeys", call.Line.Text("detach-keys") ?? call.Config.DetachKeys);
        var stream = call.Client.Hijack(path.ToString());
        using var waiter = new ExitWaiter(call.Client, id, autoRemove ? "removed" : "next-exit");
        using var signals = tty ? null : new SignalForwarder(call, id);
        call.Client.Call("POST", $"/containers/{id}/start");
        using var window = tty && call.Environment.Terminal.IsOutputTerminal ? new WindowFollower(call, $"/containers/{id}") : null;
        window?.Resize();
        var detached = new StdioSession(call.Environment, stream, tty, withInput, Run.DetachSequence(call)).Run();
        return detached ? 0 : waiter.Wait(call.Error);
    }
}
