using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pier.Engine.Plugins;

/// <summary>Where a plugin listens: unix:///PATH, tcp://HOST:PORT or http(s)://HOST:PORT.</summary>
sealed record PluginAddress(string Name, Uri Address, PluginTls? Tls = null);

/// <summary>The file NAME.json of a plugin (Docker's plugin discovery).</summary>
sealed record PluginDescription(string? Name, string? Addr, [property: JsonPropertyName("TLSConfig")] PluginTls? Tls);

/// <summary>How a plugin's server proves itself, and this engine to it; PEM files.</summary>
sealed record PluginTls(bool InsecureSkipVerify, [property: JsonPropertyName("CAFile")] string? CaFile, string? CertFile, string? KeyFile);

[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(PluginDescription))]
sealed partial class PluginDescriptionJson : JsonSerializerContext;
