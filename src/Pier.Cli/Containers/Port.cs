using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Containers;

/// <summary>pier port.</summary>
static class Port
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "port",
            Usage = "CONTAINER [PRIVATE_PORT[/PROTO]]",
            Summary = "List port mappings or a specific mapping for the container",
            Aliases = ["container port", "port"],
            MinimumArguments = 1,
            MaximumArguments = 2,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        using var document = call.Client.GetJson($"/containers/{QueryString.Escape(call.Arguments[0])}/json");
        var settings = document.RootElement.At("NetworkSettings") ?? default;
        var asked =
            call.Arguments.Count < 2 ? null
            : call.Arguments[1].Contains('/') ? call.Arguments[1]
            : call.Arguments[1] + "/tcp";
        var any = false;
        foreach (var port in settings.Entries("Ports"))
        {
            if (asked is not null && port.Name != asked)
                continue;
            if (port.Value.ValueKind != JsonValueKind.Array)
                continue;
            foreach (var binding in port.Value.EnumerateArray())
            {
                var ip = binding.Text("HostIp");
                var place = $"{(ip.Contains(':') ? $"[{ip}]" : ip)}:{binding.Text("HostPort")}";
                call.Out.WriteLine(asked is null ? $"{port.Name} -> {place}" : place);
                any = true;
            }
        }
        if (asked is null || any)
            return 0;
        throw new CliFailure($"Error: No public port '{call.Arguments[1]}' published for {call.Arguments[0]}");
    }
}
