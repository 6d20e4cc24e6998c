using System.Text.Json.Serialization;
using Pier.Engine.Containers;
using Pier.Engine.Logs.Shipping;
using Pier.Engine.Networks;
using Pier.Engine.Volumes;

namespace Pier.Engine;

/// <summary>How the engine's records are stored.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ContainerRecord))]
[JsonSerializable(typeof(VolumeRecord))]
[JsonSerializable(typeof(NetworkRecord))]
[JsonSerializable(typeof(EngineIdentity))]
[JsonSerializable(typeof(LogCursor))]
sealed partial class EngineJson : JsonSerializerContext;
