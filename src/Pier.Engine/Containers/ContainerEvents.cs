using Pier.Engine.Events;

namespace Pier.Engine.Containers;

/// <summary>Container events with the attributes that Docker gives them: the image, the name, every label.</summary>
static class ContainerEvents
{
    public static void Publish(EventLog events, Container container, string action, params ReadOnlySpan<(string Key, string Value)> more)
    {
        var attributes = new Dictionary<string, string>(container.Record.Config.Labels ?? [])
        {
            ["image"] = container.Record.Config.Image,
            ["name"] = container.Record.Name,
        };
        foreach (var (key, value) in more)
            attributes[key] = value;
        events.Publish("container", action, container.Id, attributes);
    }
}
