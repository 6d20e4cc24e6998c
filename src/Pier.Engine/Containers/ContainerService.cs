using Pier.Engine.Health;
using Pier.Engine.Mounts;
using Pier.Engine.Specs;
using Pier.Model;
using Pier.Runtime;

namespace Pier.Engine.Containers;

/// <summary>
/// The use cases of containers, a file a verb. References are names, ids or unambiguous id prefixes. Every method throws the
/// EngineException family.
/// </summary>
public sealed partial class ContainerService
{
    readonly EngineParts parts;
    readonly ContainerStarter starter;
    readonly HealthMonitor health;
    readonly ContainerMounts mounts;
    readonly ContainerRoots roots;
    readonly LinkedContainers links;
    readonly RuntimeHost runtimeHost;

    internal ContainerService(
        EngineParts parts,
        ContainerStarter starter,
        ContainerRoots roots,
        LinkedContainers links,
        HealthMonitor health,
        RuntimeHost host
    )
    {
        this.parts = parts;
        this.starter = starter;
        this.roots = roots;
        this.links = links;
        this.health = health;
        runtimeHost = host;
        mounts = new ContainerMounts(parts);
    }

    /// <summary>The container's name as lists and error texts show it.</summary>
    static string Shown(Container container) => "/" + container.Record.Name;

    void Publish(Container container, string action, params ReadOnlySpan<(string Key, string Value)> more) =>
        ContainerEvents.Publish(parts.Events, container, action, more);

    void Save(Container container, ContainerRecord record, bool durable = true)
    {
        container.RequireThere();
        parts.Records.Put(record.Id, record, durable);
        container.Record = record;
    }

    /// <summary>As <see cref="Save"/>, for what has happened or has to: a disk that is full does not change it.</summary>
    void Keep(Container container, ContainerRecord record, bool durable = true)
    {
        container.RequireThere();
        container.Record = record;
        parts.Keep(record, durable);
    }

    void RemoveDirectory(string id)
    {
        try
        {
            Directory.Delete(parts.Store.Layout.Container(id), recursive: true);
        }
        catch (DirectoryNotFoundException) { }
        catch (IOException e)
        {
            throw new HostFailureException($"unable to remove filesystem for {id}: {e.Message}", e);
        }
    }
}
