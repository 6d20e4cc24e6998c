using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Templates;
using Pier.Cli.Transport;

namespace Pier.Cli.Containers;

/// <summary>pier stats.</summary>
static class Stats
{
    const string Columns = "{{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDs}}";

    static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(500),
        FirstFigures = TimeSpan.FromSeconds(2);

    public static CommandSpec Spec =>
        new()
        {
            Name = "stats",
            Usage = "[OPTIONS] [CONTAINER...]",
            Summary = "Display a live stream of container(s) resource usage statistics",
            Aliases = ["container stats", "stats"],
            Options =
            [
                new("all", 'a', "", "Show all containers (default shows just running)"),
                new("format", '\0', "string", FormatHelp.Table),
                new("no-stream", '\0', "", "Disable streaming stats and only pull the first result"),
                new("no-trunc", '\0', "", "Do not truncate output"),
            ],
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var line = call.Line;
        var format = RowFormat.Parse(line.Text("format") ?? call.Config.StatsFormat, Columns);
        var board = new StatsBoard(call);
        var stream = !line.Flag("no-stream");
        var names = call.Arguments.Count > 0 ? call.Arguments : Listed(call, line.Flag("all"));
        if (stream && call.Arguments.Count == 0)
            Follow(call, board, line.Flag("all"));
        var readers = names.Select(n => board.Add(n, stream)).ToList();
        if (!stream)
        {
            foreach (var reader in readers)
                reader?.Join();
            FailOnErrors(board);
            format.Write(call.Out, board.Rows(line.Flag("no-trunc")), StatsRow.Headings);
            return 0;
        }
        if (call.Arguments.Count > 0)
        {
            // Docker waits a little, so that a name that is wrong is told before the screen is cleared.
            for (var waited = TimeSpan.Zero; waited < FirstFigures && !board.AllKnown(); waited += Redraw / 10)
                Thread.Sleep(Redraw / 10);
            FailOnErrors(board);
        }
        return Show(call, board, format);
    }

    static List<string> Listed(Invocation call, bool all)
    {
        using var document = call.Client.GetJson(new QueryString("/containers/json").AddIf(all, "all").ToString());
        return [.. document.RootElement.EnumerateArray().Select(c => ShortId(c.Text("Id")))];
    }

    /// <summary>Draws the table over the last one until it is ended, or nothing is left of what was named.</summary>
    static int Show(Invocation call, StatsBoard board, RowFormat format)
    {
        while (true)
        {
            using var text = new StringWriter { NewLine = "\n" };
            format.Write(text, board.Rows(call.Line.Flag("no-trunc")), StatsRow.Headings);
            // To the top; each line erases what is left of the one below it, the end erases the lines after it.
            call.Out.Write("\e[H" + text.ToString().Replace("\n", "\e[K\n", StringComparison.Ordinal) + "\e[J");
            call.Out.Flush();
            board.DropFailed();
            if (board.IsEmpty && call.Arguments.Count > 0)
                return 0;
            Thread.Sleep(Redraw);
        }
    }

    /// <summary>Containers that start appear, those that end (with -a: are removed) go.</summary>
    static void Follow(Invocation call, StatsBoard board, bool all)
    {
        var answer = call.Client.Open("GET", new QueryString("/events").Add("filters", FilterOption.ToJson(["type=container"])).ToString());
        new Thread(() =>
        {
            try
            {
                using var reader = new StreamReader(answer.Body);
                while (reader.ReadLine() is { } text)
                    if (text.Length > 0)
                        Apply(text, board, all);
            }
            catch (IOException)
            {
                // The daemon is gone; the readers say so too.
            }
        })
        {
            IsBackground = true,
            Name = "events",
        }.Start();
    }

    static void Apply(string text, StatsBoard board, bool all)
    {
        using var document = JsonDocument.Parse(text);
        var id = ShortId((document.RootElement.At("Actor") ?? default).Text("ID"));
        switch (document.RootElement.Text("Action"))
        {
            case "start":
            case "create" when all:
                board.Add(id, stream: true);
                break;
            case "die" when !all:
            case "destroy":
                board.Remove(id);
                break;
        }
    }

    static void FailOnErrors(StatsBoard board)
    {
        if (board.Errors is { Count: > 0 } errors)
            throw new CliFailure(string.Join('\n', errors));
    }

    static string ShortId(string id) => id.Length > 12 ? id[..12] : id;
}
