using System.Globalization;
using System.Text;
using Pier.Model;

namespace Pier.Engine.Logs.Drivers;

/// <summary>
/// Tags of log messages: Go templates over a container's fields, of which log tags use the placeholders, {{.Name}}, and a function before
/// one, {{upper .Name}}.
/// </summary>
static class TagTemplate
{
    static readonly LogSource Anybody = new()
    {
        Id = new string('0', 64),
        Name = "",
        ImageId = "sha256:" + new string('0', 64),
        ImageName = "",
        Command = "",
        Created = default,
        Options = new Dictionary<string, string>(),
        Attributes = new Dictionary<string, string>(),
    };

    /// <summary>Throws for a template that cannot be filled in.</summary>
    public static void Check(string template) => Fill(template, Anybody);

    public static string Fill(string template, LogSource source)
    {
        var result = new StringBuilder();
        var rest = template.AsSpan();
        while (rest.IndexOf("{{") is >= 0 and var open)
        {
            result.Append(rest[..open]);
            var close = rest.IndexOf("}}");
            if (close < open)
                throw new InvalidParameterException("template: log-tag:1: unclosed action");
            result.Append(Action(rest[(open + 2)..close].Trim().ToString(), source));
            rest = rest[(close + 2)..];
        }
        return result.Append(rest).ToString();
    }

    static string Action(string action, LogSource source)
    {
        var words = action.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is [var function, var argument] && function[0] != '.')
        {
            var value = Field(argument, source);
            return function switch
            {
                "upper" => value.ToUpperInvariant(),
                "lower" => value.ToLowerInvariant(),
                "title" => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(value),
                _ => throw new InvalidParameterException($"template: log-tag:1: function \"{function}\" not defined"),
            };
        }
        return words is [var single] && single[0] == '.'
            ? Field(single, source)
            : throw new InvalidParameterException(
                words.Length == 0
                    ? "template: log-tag:1: missing value for command"
                    : $"template: log-tag:1: function \"{words[0]}\" not defined"
            );
    }

    static string Field(string name, LogSource source) =>
        name switch
        {
            ".ID" => Ids.Short(source.Id),
            ".FullID" or ".ContainerID" => source.Id,
            ".Name" => source.Name,
            ".ContainerName" => "/" + source.Name,
            ".ImageID" => ShortImage(source.ImageId),
            ".ImageFullID" or ".ContainerImageID" => source.ImageId,
            ".ImageName" or ".ContainerImageName" => source.ImageName,
            ".Command" => source.Command,
            ".DaemonName" => "docker",
            ".Hostname" => Environment.MachineName,
            _ => throw new InvalidParameterException(
                $"template: log-tag:1: can't evaluate field {name.TrimStart('.')} in type logger.Info"
            ),
        };

    static string ShortImage(string id) => Ids.Short(id.StartsWith("sha256:", StringComparison.Ordinal) ? id["sha256:".Length..] : id);
}
