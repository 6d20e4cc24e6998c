using Pier.Engine.Containers;

namespace Pier.Engine.Networks;

/// <summary>
/// The use cases of networks, a file a verb. References are names, ids or unambiguous id prefixes. Every method throws the EngineException
/// family.
/// </summary>
public sealed partial class NetworkService
{
    readonly EngineParts parts;
    readonly ContainerFiles files;

    internal NetworkService(EngineParts parts, ContainerFiles files) => (this.parts, this.files) = (parts, files);

    NetworkTable Table => parts.Networks;

    NetworkView View(NetworkRecord record) => new(record, Connected(record.Id));

    List<ConnectedContainer> Connected(string networkId)
    {
        var connected = new List<ConnectedContainer>();
        foreach (var container in parts.Containers.All)
        {
            if (!container.IsRunning || container.Record.Network is not { } attachment)
                continue;
            if (attachment.Endpoints.FirstOrDefault(e => e.Settings.NetworkID == networkId) is { } endpoint)
                connected.Add(new ConnectedContainer(container.Id, container.Record.Name, endpoint));
        }

        return connected;
    }
}
