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
);
