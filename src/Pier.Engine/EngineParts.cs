using Pier.Distribution;
using Pier.Engine.Containers;
using Pier.Engine.Events;
using Pier.Engine.Logs.Shipping;
using Pier.Engine.Networks;
using Pier.Engine.Volumes;
using Pier.Network;
using Pier.Runtime;
using Pier.Store;
using Pier.Store.Records;

namespace Pier.Engine;

/// <summary>What the use cases work with; made once when the engine opens.</summary>
sealed record EngineParts(
    EngineOptions Options,
    StoreRoot Store,
    RecordStore<ContainerRecord> Records,
    IContainerRuntime Runtime,
    NetworkStack Network,
    NetworkTable Networks,
    RegistryClient Registries,
    EventLog Events,
    ContainerTable Containers,
    VolumeTable Volumes,
    LogShipping Shipping,
    IdMappings? Remap,
    TimeProvider Time
)
{
    /// <summary>Records what has happened to a container; a disk that is full is told to the log and gets it later.</summary>
    public void Keep(ContainerRecord record, bool durable = true)
    {
        if (Records.Keep(record.Id, record, durable) is { } failure)
            Options.Log($"container {record.Id} ({record.Name}): its state is kept in memory until the disk takes it: {failure.Message}");
    }
}
