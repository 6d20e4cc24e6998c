using Pier.Cli.CommandLines;
using Pier.Cli.Sessions;
using Pier.Cli.Transport;

namespace Pier.Cli.Containers;

/// <summary>pier logs.</summary>
static class Logs
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "logs",
            Usage = "[OPTIONS] CONTAINER",
            Summary = "Fetch the logs of a container",
            Aliases = ["container logs", "logs"],
            Options =
            [
                new("details", '\0', "", "Show extra details provided to logs"),
                new("follow", 'f', "", "Follow log output"),
                new(
                    "since",
                    '\0',
                    "string",
                    "Show logs since timestamp (e.g. \"2013-01-02T13:23:37Z\") or relative (e.g. \"42m\" for 42 minutes)"
                ),
                new("tail", 'n', "string", "Number of lines to show from the end of the logs (default \"all\")"),
                new("timestamps", 't', "", "Show timestamps"),
                new(
                    "until",
                    '\0',
                    "string",
                    "Show logs before a timestamp (e.g. \"2013-01-02T13:23:37Z\") or relative (e.g. \"42m\" for 42 minutes)"
                ),
            ],
            MinimumArguments = 1,
            MaximumArguments = 1,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var line = call.Line;
        var name = QueryString.Escape(call.Arguments[0]);
        using var document = call.Client.GetJson($"/containers/{name}/json");
        var tty = document.RootElement.At("Config") is { } config && config.Flag("Tty");
        var path = new QueryString($"/containers/{document.RootElement.Text("Id")}/logs")
            .Add("stdout", "1")
            .Add("stderr", "1")
            .AddIf(line.Flag("follow"), "follow")
            .AddIf(line.Flag("timestamps"), "timestamps")
            .AddIf(line.Flag("details"), "details")
            .Add("since", Moments.Of(line.Text("since"), call))
            .Add("until", Moments.Of(line.Text("until"), call))
            .Add("tail", line.Text("tail") ?? "all");
        var answer = call.Client.Open("GET", path.ToString());
        var frames = new FrameReader(call.Environment.Output, call.Environment.Error);
        var buffer = new byte[256 * 1024];
        int count;
        while ((count = answer.Body.Read(buffer)) > 0)
        {
            if (tty)
                call.Environment.Output.Write(buffer.AsSpan(0, count));
            else
                frames.Push(buffer.AsSpan(0, count));
        }
        return 0;
    }
}
