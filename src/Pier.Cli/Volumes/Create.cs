using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Containers.Creation;
using Pier.Contracts;

namespace Pier.Cli.Volumes;

/// <summary>pier volume create.</summary>
static class Create
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "volume create",
            Usage = "[OPTIONS] [VOLUME]",
            Summary = "Create a volume",
            Options =
            [
                new("driver", 'd', "string", "Specify volume driver name (default \"local\")"),
                new("label", '\0', "list", "Set metadata for a volume"),
                new("opt", 'o', "map", "Set driver specific options (default map[])"),
            ],
            MaximumArguments = 1,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var request = new VolumeCreateRequest
        {
            Name = call.Arguments.Count > 0 ? call.Arguments[0] : "",
            Driver = call.Line.Text("driver") ?? "local",
            DriverOpts = KeyValues.Map(call.Line.List("opt")),
            Labels = KeyValues.Map(call.Line.List("label")),
        };
        using var answer = JsonDocument.Parse(
            call.Client.Call("POST", "/volumes/create", request, ContractsJson.Default.VolumeCreateRequest)
        );
        call.Out.WriteLine(answer.RootElement.Text("Name"));
        return 0;
    }
}
