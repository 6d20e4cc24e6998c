using System.Text.Json;
using System.Text.Json.Serialization;
using Pier.Engine.Plugins;
using Pier.Model;

namespace Pier.Engine.Volumes.Drivers;

/// <summary>Volumes of another program, over Docker's volume plugin protocol (/VolumeDriver.*).</summary>
sealed class PluginDriver : IVolumeDriver
{
    // What docker gives a plugin: time to reach storage, and not for ever.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(120),
        QuickPatience = TimeSpan.FromSeconds(10);

    readonly PluginClient _client;

    public PluginDriver(string name, PluginClient client)
    {
        (Name, _client) = (name, client);
        Scope = ReadScope();
    }

    public string Name { get; }
    public string Scope { get; }

    public void Create(string name, IReadOnlyDictionary<string, string> options) =>
        Call("Create", new VolumeCall { Name = name, Opts = options }, Patience);

    public void Remove(string name) => Call("Remove", new VolumeCall { Name = name }, Patience);

    public DriverVolume Describe(string name) => Shape(name, Call("Get", new VolumeCall { Name = name }, QuickPatience).Volume);

    public IReadOnlyList<DriverVolume> List() =>
        [
            .. (Call("List", new VolumeCall(), QuickPatience).Volumes ?? [])
                .Where(v => v.Name is { Length: > 0 })
                .Select(v => Shape(v.Name!, v)),
        ];

    public string Attach(VolumeRecord volume, string user)
    {
        var path = Call("Mount", new VolumeCall { Name = volume.Name, ID = user }, Patience).Mountpoint;
        return path is { Length: > 0 } && path[0] == '/'
            ? path
            : throw new HostFailureException($"{Name}: VolumeDriver.Mount: no mountpoint");
    }

    public void Detach(VolumeRecord volume, string user, bool last) =>
        Call("Unmount", new VolumeCall { Name = volume.Name, ID = user }, Patience);

    string ReadScope()
    {
        try
        {
            return Call("Capabilities", new VolumeCall(), QuickPatience).Capabilities?.Scope?.ToLowerInvariant() == "global"
                ? "global"
                : "local";
        }
        catch (HostFailureException)
        {
            // Older plugins do not know the call; docker takes them as local too.
            return "local";
        }
    }

    static DriverVolume Shape(string name, PluginVolume? volume) =>
        new(name, volume?.Mountpoint ?? "", volume?.Status?.ToDictionary(s => s.Key, s => s.Value.ToString()));

    VolumeAnswer Call(string method, VolumeCall call, TimeSpan patience) =>
        _client.Post("VolumeDriver." + method, call, VolumePluginJson.Default.VolumeCall, VolumePluginJson.Default.VolumeAnswer, patience);
}

/// <summary>What every call of the protocol sends.</summary>
sealed record VolumeCall
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ID { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Opts { get; init; }
}

/// <summary>What a call may answer.</summary>
sealed record VolumeAnswer : PluginAnswer
{
    public string? Mountpoint { get; init; }
    public PluginVolume? Volume { get; init; }
    public PluginVolume[]? Volumes { get; init; }
    public PluginCapabilities? Capabilities { get; init; }
}

/// <summary>A volume in a plugin's words.</summary>
sealed record PluginVolume(string? Name, string? Mountpoint, Dictionary<string, JsonElement>? Status);

/// <summary>What a plugin says of all its volumes.</summary>
sealed record PluginCapabilities(string? Scope);

[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(VolumeCall))]
[JsonSerializable(typeof(VolumeAnswer))]
sealed partial class VolumePluginJson : JsonSerializerContext;
