using Pier.Engine.Containers;
using Pier.Model;

namespace Pier.Engine.Logs.Drivers;

/// <summary>Whose messages they are: what tags, attributes and records of log drivers say of a container.</summary>
sealed record LogSource
{
    public required string Id { get; init; }

    /// <summary>Without a slash.</summary>
    public required string Name { get; init; }

    /// <summary>"sha256:..."</summary>
    public required string ImageId { get; init; }
    public required string ImageName { get; init; }
    public required string Command { get; init; }
    public required DateTimeOffset Created { get; init; }
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>The labels and variables that the options ask for.</summary>
    public required IReadOnlyDictionary<string, string> Attributes { get; init; }

    /// <summary>The tag option filled in; the default template is Docker's, the short id.</summary>
    public string Tag => TagTemplate.Fill(Options.TryGetValue("tag", out var tag) && tag.Length > 0 ? tag : "{{.ID}}", this);

    public static LogSource Of(ContainerRecord record)
    {
        var options = record.HostConfig.LogConfig?.Config ?? [];
        return new LogSource
        {
            Id = record.Id,
            Name = record.Name,
            ImageId = record.ImageId,
            ImageName = record.Config.Image,
            Command = string.Join(' ', [record.Path, .. record.Args]),
            Created = record.Created,
            Options = options,
            Attributes = Chosen(record.Config, options),
        };
    }

    static SortedDictionary<string, string> Chosen(ContainerConfig config, Dictionary<string, string> options)
    {
        var chosen = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var variables = (config.Env ?? [])
            .Select(v => v.Split('=', 2))
            .Where(v => v.Length == 2)
            .Select(v => KeyValuePair.Create(v[0], v[1]));
        Choose(config.Labels ?? [], "labels");
        Choose(variables, "env");
        return chosen;

        void Choose(IEnumerable<KeyValuePair<string, string>> values, string option)
        {
            var names = options.TryGetValue(option, out var list) ? list.Split(',') : [];
            var pattern = LogOption.Pattern(options, option + "-regex");
            foreach (var (key, value) in values)
            {
                if (names.Contains(key) || pattern?.IsMatch(key) is true)
                    chosen[key] = value;
            }
        }
    }
}
