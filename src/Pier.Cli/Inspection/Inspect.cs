using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Inspection;

/// <summary>pier inspect, for whatever has the name; pier container inspect and its like for one kind.</summary>
static class Inspect
{
    static readonly string[] Kinds = ["container", "image", "network", "volume"];

    public static CommandSpec Spec =>
        new()
        {
            Name = "inspect",
            Usage = "[OPTIONS] NAME|ID [NAME|ID...]",
            Summary = "Return low-level information on Docker objects",
            Options =
            [
                new("format", 'f', "string", FormatHelp.Single),
                new("size", 's', "", "Display total file sizes if the type is container"),
                new("type", '\0', "string", "Only inspect objects of the given type"),
            ],
            MinimumArguments = 1,
            Run = call => Execute(call, call.Line.Text("type")),
        };

    public static CommandSpec ContainerSpec =>
        new()
        {
            Name = "container inspect",
            Usage = "[OPTIONS] CONTAINER [CONTAINER...]",
            Summary = "Display detailed information on one or more containers",
            Options = [new("format", 'f', "string", FormatHelp.Single), new("size", 's', "", "Display total file sizes")],
            MinimumArguments = 1,
            Run = call => Execute(call, "container"),
        };

    public static CommandSpec ImageSpec =>
        new()
        {
            Name = "image inspect",
            Usage = "[OPTIONS] IMAGE [IMAGE...]",
            Summary = "Display detailed information on one or more images",
            Options =
            [
                new("format", 'f', "string", FormatHelp.Single),
                new(
                    "platform",
                    '\0',
                    "string",
                    "Inspect a specific platform of the multi-platform image.\nIf the image or the server is not multi-platform capable, the command will error out if the platform does not match.\n'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)"
                ),
            ],
            MinimumArguments = 1,
            Run = call => Execute(call, "image"),
        };

    public static CommandSpec VolumeSpec =>
        new()
        {
            Name = "volume inspect",
            Usage = "[OPTIONS] VOLUME [VOLUME...]",
            Summary = "Display detailed information on one or more volumes",
            Options = [new("format", 'f', "string", FormatHelp.Single)],
            MinimumArguments = 1,
            Run = call => Execute(call, "volume"),
        };

    public static CommandSpec NetworkSpec =>
        new()
        {
            Name = "network inspect",
            Usage = "[OPTIONS] NETWORK [NETWORK...]",
            Summary = "Display detailed information on one or more networks",
            Options = [new("format", 'f', "string", FormatHelp.Single), new("verbose", 'v', "", "Verbose output for diagnostics")],
            MinimumArguments = 1,
            Run = call => Execute(call, "network"),
        };

    static int Execute(Invocation call, string? kind)
    {
        if (kind is not null && !Kinds.Contains(kind))
            throw new CliFailure($"unknown type: \"{kind}\": must be one of \"{string.Join("\", \"", Kinds)}\"");
        return InspectionResult.Print(call, call.Arguments, name => Find(call, kind, name));
    }

    static byte[] Find(Invocation call, string? kind, string name)
    {
        foreach (var candidate in kind is null ? Kinds : [kind])
        {
            try
            {
                return call.Client.Call("GET", Path(call, candidate, name));
            }
            catch (DaemonError e) when (kind is null && e.Status is (404 or 400 or 501))
            {
                // The next kind may have it.
            }
        }
        throw new CliFailure($"Error: No such object: {name}");
    }

    static string Path(Invocation call, string kind, string name) =>
        kind switch
        {
            "container" => new QueryString($"/containers/{QueryString.Escape(name)}/json").AddIf(call.Line.Flag("size"), "size").ToString(),
            "image" => new QueryString($"/images/{QueryString.Escape(name)}/json")
                .Add("platform", Images.PlatformOption.ToJson(call))
                .ToString(),
            _ => $"/{kind}s/{QueryString.Escape(name)}",
        };
}
