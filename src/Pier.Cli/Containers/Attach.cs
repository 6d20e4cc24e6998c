using Pier.Cli.CommandLines;
using Pier.Cli.Sessions;
using Pier.Cli.Transport;

namespace Pier.Cli.Containers;

/// <summary>pier attach.</summary>
static class Attach
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "attach",
            Usage = "[OPTIONS] CONTAINER",
            Summary = "Attach local standard input, output, and error streams to a running container",
            Aliases = ["container attach", "attach"],
            Options =
            [
                new("detach-keys", '\0', "string", "Override the key sequence for detaching a container"),
                new("no-stdin", '\0', "", "Do not attach STDIN"),
                new("sig-proxy", '\0', "", "Proxy all received signals to the process (default true)"),
            ],
            MinimumArguments = 1,
            MaximumArguments = 1,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        using var document = call.Client.GetJson($"/containers/{QueryString.Escape(call.Arguments[0])}/json");
        var container = document.RootElement;
        var id = container.Text("Id");
        var state = container.At("State") ?? default;
        if (!state.Flag("Running"))
            throw new CliFailure("cannot attach to a stopped container, start it first");
        if (state.Flag("Paused"))
            throw new CliFailure("cannot attach to a paused container, unpause it first");
        if (state.Flag("Restarting"))
            throw new CliFailure("cannot attach to a restarting container, wait until it is running");
        var config = container.At("Config") ?? default;
        var tty = config.Flag("Tty");
        var withInput = !call.Line.Flag("no-stdin") && config.Flag("OpenStdin");
        if (withInput && tty && !call.Environment.Terminal.IsInputTerminal)
            throw new CliFailure("the input device is not a TTY");
        var path = new QueryString($"/containers/{id}/attach")
            .Add("stream", "1")
            .AddIf(withInput, "stdin")
            .Add("stdout", "1")
            .Add("stderr", "1")
            .Add("detachKeys", call.Line.Text("detach-keys") ?? call.Config.DetachKeys);
        using var waiter = new ExitWaiter(call.Client, id, "not-running");
        var stream = call.Client.Hijack(path.ToString());
        using var signals = call.Line.Flag("sig-proxy", true) && !tty ? new SignalForwarder(call, id) : null;
        using var window = tty && call.Environment.Terminal.IsOutputTerminal ? new WindowFollower(call, $"/containers/{id}") : null;
        window?.Resize();
        var detached = new StdioSession(call.Environment, stream, tty, withInput, Run.DetachSequence(call)).Run();
        return detached ? throw new CliFailure(StdioSession.Detached) : waiter.Wait(call.Error);
    }
}
