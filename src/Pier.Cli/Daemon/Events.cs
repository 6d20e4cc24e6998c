using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Templates;
using Pier.Cli.Transport;
using Pier.Contracts;

namespace Pier.Cli.Daemon;

/// <summary>pier events.</summary>
static class Events
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "events",
            Usage = "[OPTIONS]",
            Summary = "Get real time events from the server",
            Aliases = ["system events", "events"],
            Options =
            [
                new("filter", 'f', "filter", "Filter output based on conditions provided"),
                new("format", '\0', "string", FormatHelp.Single),
                new("since", '\0', "string", "Show all events created since timestamp"),
                new("until", '\0', "string", "Stream events until this timestamp"),
            ],
            MaximumArguments = 0,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var line = call.Line;
        var format = line.Text("format");
        var template = Parse(format);
        var answer = call.Client.Open(
            "GET",
            new QueryString("/events")
                .Add("since", Moments.Of(line.Text("since"), call))
                .Add("until", Moments.Of(line.Text("until"), call))
                .Add("filters", FilterOption.ToJson(line.List("filter")))
                .ToString()
        );
        using var reader = new StreamReader(answer.Body);
        while (reader.ReadLine() is { } text)
        {
            if (text.Length == 0)
                continue;
            if (format == "json")
            {
                call.Out.WriteLine(text);
            }
            else
            {
                using var document = JsonDocument.Parse(text);
                call.Out.WriteLine(template is null ? Describe(document.RootElement) : Format(template, document.RootElement));
            }
            call.Out.Flush();
        }
        return 0;
    }

    static Template? Parse(string? format)
    {
        try
        {
            return format is null or "" or "json" ? null : Template.Parse(format);
        }
        catch (TemplateException e)
        {
            throw new CliFailure($"Error parsing format: {e.Message}", 64);
        }
    }

    static string Format(Template template, JsonElement message)
    {
        try
        {
            return template.Execute(message);
        }
        catch (TemplateException e)
        {
            throw new CliFailure(e.Message);
        }
    }

    static string Describe(JsonElement message)
    {
        var nanoseconds = message.Number("timeNano");
        var time = Timestamps.FormatNanoseconds(nanoseconds != 0 ? nanoseconds : message.Number("time") * 1_000_000_000);
        var actor = message.At("Actor") ?? default;
        var attributes = actor.Entries("Attributes").Select(a => $"{a.Name}={a.Value.GetString()}").Order(StringComparer.Ordinal).ToList();
        var tail = attributes.Count == 0 ? "" : $" ({string.Join(", ", attributes)})";
        return $"{time} {message.Text("Type")} {message.Text("Action")} {actor.Text("ID")}{tail}";
    }
}
