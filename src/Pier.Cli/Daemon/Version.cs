using System.Runtime.InteropServices;
using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Templates;

namespace Pier.Cli.Daemon;

/// <summary>pier version.</summary>
static class Version
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "version",
            Usage = "[OPTIONS]",
            Summary = "Show the Docker version information",
            Options = [new("format", 'f', "string", FormatHelp.Single)],
            MaximumArguments = 0,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        // What is wrong with the context is told in the place of everything.
        var client = call.Client;
        JsonDocument? server = null;
        CliFailure? failure = null;
        try
        {
            server = client.GetJson("/version");
        }
        catch (CliFailure e)
        {
            failure = e;
        }
        using (server)
        {
            if (call.Line.Text("format") is { Length: > 0 } format)
                PrintFormat(call, format, server);
            else
                Print(call, server);
        }
        if (failure is not null)
        {
            call.Out.Flush();
            throw failure;
        }
        return 0;
    }

    static void Print(Invocation call, JsonDocument? server)
    {
        var target = call.Out;
        target.WriteLine("Client: Pier");
        Line(target, 1, "Version:", call.Environment.Version);
        Line(target, 1, "API version:", ApiVersion);
        Line(target, 1, "Git commit:", call.Environment.Revision);
        Line(target, 1, "OS/Arch:", $"linux/{Architecture}");
        Line(target, 1, "Context:", call.Config.ContextName);
        if (server is null)
            return;
        var root = server.RootElement;
        target.WriteLine(("\nServer: " + root.At("Platform").Text("Name")).TrimEnd());
        foreach (var component in root.Items("Components"))
        {
            target.WriteLine($" {component.Text("Name")}:");
            Line(target, 2, "Version:", component.Text("Version"));
            if (component.Text("Name") == "Engine")
                PrintEngine(target, component.At("Details") ?? default);
            else
                Line(target, 2, "GitCommit:", component.At("Details").Text("GitCommit"));
        }
    }

    static void PrintEngine(TextWriter target, JsonElement details)
    {
        Line(target, 2, "API version:", $"{details.Text("ApiVersion")} (minimum version {details.Text("MinAPIVersion")})");
        Line(target, 2, "Go version:", details.Text("GoVersion"));
        Line(target, 2, "Git commit:", details.Text("GitCommit"));
        if (details.Text("BuildTime") is { Length: > 0 } built)
            Line(target, 2, "Built:", built);
        Line(target, 2, "OS/Arch:", $"{details.Text("Os")}/{details.Text("Arch")}");
        Line(target, 2, "Experimental:", details.Text("Experimental"));
    }

    static void Line(TextWriter target, int indent, string name, string value) =>
        target.WriteLine(new string(' ', indent) + name.PadRight(indent == 1 ? 19 : 18) + value);

    static void PrintFormat(Invocation call, string format, JsonDocument? server)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("Client");
            writer.WriteString("Version", call.Environment.Version);
            writer.WriteString("ApiVersion", ApiVersion);
            writer.WriteString("DefaultAPIVersion", ApiVersion);
            writer.WriteString("GitCommit", call.Environment.Revision);
            writer.WriteString("GoVersion", "");
            writer.WriteString("Os", "linux");
            writer.WriteString("Arch", Architecture);
            writer.WriteString("Context", call.Config.ContextName);
            writer.WriteEndObject();
            writer.WritePropertyName("Server");
            if (server is null)
                writer.WriteNullValue();
            else
                server.RootElement.WriteTo(writer);
            writer.WriteEndObject();
        }
        try
        {
            using var document = JsonDocument.Parse(buffer.ToArray());
            call.Out.WriteLine(Template.Parse(format == "json" ? "{{json .}}" : format).Execute(document.RootElement));
        }
        catch (TemplateException e)
        {
            throw new CliFailure($"template parsing error: {e.Message}", 64);
        }
    }

    /// <summary>The newest that the client's shapes are made for.</summary>
    const string ApiVersion = "1.51";

    static string Architecture =>
        RuntimeInformation.ProcessArchitecture switch
        {
            System.Runtime.InteropServices.Architecture.X64 => "amd64",
            System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
            var other => other.ToString().ToLowerInvariant(),
        };
}
