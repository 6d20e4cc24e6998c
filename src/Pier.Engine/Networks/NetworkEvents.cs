using Pier.Engine.Containers;
using Pier.Engine.Events;

namespace Pier.Engine.Networks;

/// <summary>Network events with the attributes that Docker gives them.</summary>
static class NetworkEvents
{
    public static void Publish(EventLog events, NetworkRecord network, string action, string? container = null)
    {
        var attributes = new Dictionary<string, string> { ["name"] = network.Name, ["type"] = network.Driver };
        if (container is not null)
            attributes["container"] = container;
        events.Publish("network", action, network.Id, attributes);
    }

    /// <summary>"connect" at a start, "disconnect" at an end: one for each network of the container.</summary>
    public static void PublishAll(EngineParts parts, string containerId, NetworkAttachment? attachment, string action)
    {
        foreach (var endpoint in attachment?.Endpoints ?? [])
            if (parts.Networks.Find(endpoint.Settings.NetworkID) is { } network)
                Publish(parts.Events, network, action, containerId);
    }
}
