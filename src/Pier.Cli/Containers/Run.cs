using Pier.Cli.CommandLines;
using Pier.Cli.Containers.Creation;
using Pier.Cli.Sessions;
using Pier.Cli.Terminals;
using Pier.Cli.Transport;

namespace Pier.Cli.Containers;

/// <summary>pier run: create, attach, wait, start, in this order, so that neither output nor exit can be missed.</summary>
static class Run
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "run",
            Usage = "[OPTIONS] IMAGE [COMMAND] [ARG...]",
            Summary = "Create and run a new container from an image",
            Aliases = ["container run", "run"],
            Options = RunOptions.ForRun,
            MinimumArguments = 1,
            Interspersed = false,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var line = call.Line;
        var detached = line.Flag("detach");
        if (detached && line.Has("attach"))
            throw new CliFailure("conflicting options: cannot specify both --attach and --detach");
        CheckTerminal(call, detached);
        try
        {
            var attach = AttachOptions.Read(line, detached);
            var keys = DetachSequence(call);
            var request = ContainerRequest.Build(call, detached);
            var id = Creator.Create(call, request);
            return attach is { Stdin: false, Stdout: false, Stderr: false } ? StartDetached(call, id) : RunAttached(call, id, attach, keys);
        }
        catch (UsageFailure)
        {
            throw;
        }
        catch (CliFailure e)
        {
            throw Explain(call, e);
        }
    }

    public static void CheckTerminal(Invocation call, bool detached)
    {
        if (!detached && call.Line.Flag("tty") && call.Line.Flag("interactive") && !call.Environment.Terminal.IsInputTerminal)
            throw new CliFailure("the input device is not a TTY");
    }

    public static byte[] DetachSequence(Invocation call) =>
        (call.Line.Text("detach-keys") ?? call.Config.DetachKeys) is { Length: > 0 } text ? DetachKeys.Parse(text) : DetachKeys.Default;

    static int StartDetached(Invocation call, string id)
    {
        call.Client.Call("POST", $"/containers/{id}/start");
        call.Out.WriteLine(id);
        return 0;
    }

    static int RunAttached(Invocation call, string id, AttachOptions attach, byte[] keys)
    {
        var tty = call.Line.Flag("tty");
        var path = new QueryString($"/containers/{id}/attach")
            .Add("stream", "1")
            .AddIf(attach.Stdin, "stdin")
            .AddIf(attach.Stdout, "stdout")
            .AddIf(attach.Stderr, "stderr")
            .Add("detachKeys", call.Line.Text("detach-keys") ?? call.Config.DetachKeys);
        var stream = call.Client.Hijack(path.ToString());
        using var waiter = new ExitWaiter(call.Client, id, call.Line.Flag("rm") ? "removed" : "next-exit");
        using var signals = call.Line.Flag("sig-proxy", true) ? new SignalForwarder(call, id) : null;
        try
        {
            call.Client.Call("POST", $"/containers/{id}/start");
        }
        catch (CliFailure)
        {
            stream.Connection.Abort();
            // With --rm the daemon removes what could not start: the error is told when that is done.
            if (call.Line.Flag("rm"))
                waiter.Wait(TextWriter.Null);
            throw;
        }
        using var window = tty && call.Environment.Terminal.IsOutputTerminal ? new WindowFollower(call, $"/containers/{id}") : null;
        window?.Resize();
        var detached = new StdioSession(call.Environment, stream, tty, attach.Stdin, keys).Run();
        return detached ? 0 : waiter.Wait(call.Error);
    }

    /// <summary>
    /// docker's exit codes: 127 when the command is not there, 126 when it cannot be executed, 125 for every other failure.
    /// </summary>
    static CliFailure Explain(Invocation call, CliFailure e)
    {
        var text = e.Message;
        var code =
            text.Contains("executable file not found", StringComparison.Ordinal)
            || text.Contains("no such file or directory", StringComparison.Ordinal)
                ? 127
            : text.Contains("permission denied", StringComparison.Ordinal) || text.Contains("is a directory", StringComparison.Ordinal)
                ? 126
            : 125;
        if (e is not DaemonError)
            code = 125;
        return WithHelp(call, text, code);
    }

    /// <summary>The message with the program before it and a word about help behind.</summary>
    public static CliFailure WithHelp(Invocation call, string message, int code)
    {
        var program = call.Environment.Program;
        return new CliFailure($"{program}: {message}\n\nRun '{program} {call.Command.Name} --help' for more information", code);
    }
}
