namespace Pier.Engine.Events;

/// <summary>Docker's event filters: values of one key are alternatives, keys all have to match.</summary>
sealed class EventFilter(IReadOnlyDictionary<string, IReadOnlyList<string>> filters)
{
    public bool Matches(EngineEvent entry)
    {
        foreach (var (key, values) in filters)
            if (values.Count > 0 && !values.Any(v => Matches(entry, key, v)))
                return false;
        return true;
    }

    static bool Matches(EngineEvent entry, string key, string value) =>
        key switch
        {
            "type" => entry.Type == value,
            // "exec_create" matches "exec_create: sh".
            "event" => entry.Action == value || entry.Action.StartsWith(value + ":", StringComparison.Ordinal),
            "container" => entry.Type == "container" && NameOrId(entry, value),
            "image" => entry.Type == "image"
                ? NameOrId(entry, value)
                : entry.Attributes.TryGetValue("image", out var image) && image == value,
            "network" or "volume" or "daemon" or "plugin" => entry.Type == key && NameOrId(entry, value),
            "scope" => value == "local",
            "label" => FilterValue.HasLabel(entry.Attributes, value),
            _ => false,
        };

    static bool NameOrId(EngineEvent entry, string value) =>
        (value.Length > 0 && entry.ActorId.StartsWith(value, StringComparison.Ordinal))
        || (entry.Attributes.TryGetValue("name", out var name) && name == value.TrimStart('/'));
}
