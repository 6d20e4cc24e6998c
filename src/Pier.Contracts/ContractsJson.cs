using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pier.Model;

namespace Pier.Contracts;

/// <summary>The wire's JSON: source-generated readers and writers of every request and answer.</summary>
[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(ErrorResponse))]
[JsonSerializable(typeof(IdResponse))]
[JsonSerializable(typeof(ContainerConfig))]
[JsonSerializable(typeof(HostConfig))]
[JsonSerializable(typeof(NetworkingConfig))]
[JsonSerializable(typeof(CreateContainerParts))]
[JsonSerializable(typeof(CreateContainerResponse))]
[JsonSerializable(typeof(ContainerInspect))]
[JsonSerializable(typeof(ContainerSummary[]))]
[JsonSerializable(typeof(IEnumerable<ContainerSummary>))]
[JsonSerializable(typeof(WaitResponse))]
[JsonSerializable(typeof(TopResponse))]
[JsonSerializable(typeof(ContainerStatsResponse))]
[JsonSerializable(typeof(UpdateContainerResponse))]
[JsonSerializable(typeof(ContainersPruneResponse))]
[JsonSerializable(typeof(FilesystemChange[]))]
[JsonSerializable(typeof(ContainerPathStat))]
[JsonSerializable(typeof(ExecCreateRequest))]
[JsonSerializable(typeof(ExecStartRequest))]
[JsonSerializable(typeof(ExecInspect))]
[JsonSerializable(typeof(ImageSummary[]))]
[JsonSerializable(typeof(ImageInspect))]
[JsonSerializable(typeof(DistributionInspect))]
[JsonSerializable(typeof(ImageHistoryEntry[]))]
[JsonSerializable(typeof(ImageDeleteEntry[]))]
[JsonSerializable(typeof(ImagesPruneResponse))]
[JsonSerializable(typeof(ImageSearchResult[]))]
[JsonSerializable(typeof(ProgressMessage))]
[JsonSerializable(typeof(VersionResponse))]
[JsonSerializable(typeof(SystemInfo))]
[JsonSerializable(typeof(EventMessage))]
[JsonSerializable(typeof(DiskUsage))]
[JsonSerializable(typeof(NetworkResource))]
[JsonSerializable(typeof(NetworkResource[]))]
[JsonSerializable(typeof(NetworkCreateRequest))]
[JsonSerializable(typeof(NetworkCreateResponse))]
[JsonSerializable(typeof(NetworkConnectRequest))]
[JsonSerializable(typeof(NetworkDisconnectRequest))]
[JsonSerializable(typeof(NetworksPruneResponse))]
[JsonSerializable(typeof(VolumesListResponse))]
[JsonSerializable(typeof(VolumeResource))]
[JsonSerializable(typeof(VolumeCreateRequest))]
[JsonSerializable(typeof(VolumesPruneResponse))]
[JsonSerializable(typeof(PluginSummary[]))]
[JsonSerializable(typeof(AuthConfig))]
[JsonSerializable(typeof(AuthResponse))]
[JsonSerializable(typeof(Dictionary<string, string[]>))]
[JsonSerializable(typeof(Dictionary<string, AuthConfig>))]
[JsonSerializable(typeof(Dictionary<string, string?>), TypeInfoPropertyName = "DictionaryStringNullable")]
[JsonSerializable(typeof(Ulimit[]))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(BuildAux))]
[JsonSerializable(typeof(BuildOutput[]))]
[JsonSerializable(typeof(byte[]))]
[JsonSerializable(typeof(BuildOutput[]))]
[JsonSerializable(typeof(byte[]))]
[JsonSerializable(typeof(BuildPruneResponse))]
public sealed partial class ContractsJson : JsonSerializerContext
{
    /// <summary>As the wire wants it: characters such as + and ' are not escaped, as Go's encoder leaves them.</summary>
    public static ContractsJson Wire { get; } =
        new(
            new JsonSerializerOptions
            {
                PropertyNameCaseInsensitive = true,
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                MaxDepth = 64,
            }
        );
}
