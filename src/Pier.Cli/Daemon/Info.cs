using System.Globalization;
using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Templates;
using Pier.Contracts;

namespace Pier.Cli.Daemon;

/// <summary>pier info.</summary>
static class Info
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "info",
            Usage = "[OPTIONS]",
            Summary = "Display system-wide information",
            Aliases = ["system info", "info"],
            Options = [new("format", 'f', "string", FormatHelp.Single)],
            MaximumArguments = 0,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        if (call.Line.Text("format") is { Length: > 0 } format)
            return PrintFormat(call, format);
        var client = call.Client;
        call.Out.WriteLine(
            $"Client: Pier\n Version:    {call.Environment.Version}\n Context:    {call.Config.ContextName}\n Debug Mode: false\n\nServer:"
        );
        call.Out.Flush();
        using var document = client.GetJson("/info");
        Print(call.Out, document.RootElement);
        call.Out.WriteLine();
        call.Out.Flush();
        foreach (var warning in document.RootElement.Texts("Warnings"))
            call.Error.WriteLine(warning);
        return 0;
    }

    static int PrintFormat(Invocation call, string format)
    {
        using var document = call.Client.GetJson("/info");
        try
        {
            call.Out.WriteLine(Template.Parse(format == "json" ? "{{json .}}" : format).Execute(document.RootElement));
            return 0;
        }
        catch (TemplateException e)
        {
            throw new CliFailure($"template parsing error: {e.Message}", 64);
        }
    }

    static void Print(TextWriter target, JsonElement info)
    {
        void Line(string name, string value) => target.WriteLine($" {name}: {value}");
        target.WriteLine($" Containers: {info.Number("Containers")}");
        target.WriteLine(
            $"  Running: {info.Number("ContainersRunning")}\n  Paused: {info.Number("ContainersPaused")}\n  Stopped: {info.Number("ContainersStopped")}"
        );
        Line("Images", info.Text("Images"));
        Line("Server Version", info.Text("ServerVersion"));
        Line("Storage Driver", info.Text("Driver"));
        foreach (var status in info.Items("DriverStatus"))
            if (status.ValueKind == JsonValueKind.Array && status.GetArrayLength() == 2)
                target.WriteLine($"  {status[0].GetString()}: {status[1].GetString()}");
        Line("Logging Driver", info.Text("LoggingDriver"));
        Line("Cgroup Driver", info.Text("CgroupDriver"));
        Line("Cgroup Version", info.Text("CgroupVersion"));
        var plugins = info.At("Plugins") ?? default;
        target.WriteLine(" Plugins:");
        foreach (var kind in (string[])["Volume", "Network", "Log"])
            target.WriteLine($"  {kind}: {string.Join(' ', plugins.Texts(kind))}");
        Line("Swarm", info.At("Swarm").Text("LocalNodeState"));
        Line("Runtimes", string.Join(' ', info.Entries("Runtimes").Select(r => r.Name).Order(StringComparer.Ordinal)));
        Line("Default Runtime", info.Text("DefaultRuntime"));
        Line("Init Binary", info.Text("InitBinary"));
        PrintSecurity(target, info);
        PrintHost(target, info);
    }

    static void PrintSecurity(TextWriter target, JsonElement info)
    {
        target.WriteLine(" Security Options:");
        foreach (var option in info.Texts("SecurityOptions"))
        {
            foreach (var part in option.Split(','))
            {
                var equals = part.IndexOf('=');
                var (key, value) = equals < 0 ? ("name", part) : (part[..equals], part[(equals + 1)..]);
                target.WriteLine(key == "name" ? $"  {value}" : $"   {char.ToUpperInvariant(key[0])}{key[1..]}: {value}");
            }
        }
    }

    static void PrintHost(TextWriter target, JsonElement info)
    {
        void Line(string name, string value) => target.WriteLine($" {name}: {value}");
        Line("Kernel Version", info.Text("KernelVersion"));
        Line("Operating System", info.Text("OperatingSystem"));
        Line("OSType", info.Text("OSType"));
        Line("Architecture", info.Text("Architecture"));
        Line("CPUs", info.Number("NCPU").ToString(CultureInfo.InvariantCulture));
        Line("Total Memory", HumanSize.DescribeBinary(info.Number("MemTotal")));
        Line("Name", info.Text("Name"));
        Line("ID", info.Text("ID"));
        Line("Docker Root Dir", info.Text("DockerRootDir"));
        Line("Debug Mode", info.Flag("Debug") ? "true" : "false");
        var labels = info.Texts("Labels").ToList();
        if (labels.Count > 0)
            target.WriteLine(" Labels:\n  " + string.Join("\n  ", labels));
        Line("Experimental", info.Flag("ExperimentalBuild") ? "true" : "false");
        if (info.At("RegistryConfig") is { } registries)
            target.WriteLine(" Insecure Registries:\n  " + string.Join("\n  ", registries.Texts("InsecureRegistryCIDRs")));
        Line("Live Restore Enabled", info.Flag("LiveRestoreEnabled") ? "true" : "false");
    }
}
