using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pier.Cli.Templates;

namespace Pier.Cli.Contexts;

/// <summary>A context as meta.json holds it. Fields and endpoints that other programs keep there are kept.</summary>
sealed class ContextRecord
{
    const string Docker = "docker";

    readonly JsonObject? _metadata;
    readonly JsonObject? _endpoints;

    ContextRecord(string name, JsonObject? metadata, JsonObject? endpoints) => (Name, _metadata, _endpoints) = (name, metadata, endpoints);

    public ContextRecord(string name, string description, string host, bool skipVerify)
        : this(name, [], [])
    {
        Describe(description);
        SetDocker(host, skipVerify);
    }

    public string Name { get; }

    public string Description => (string?)_metadata?["Description"] ?? "";

    /// <summary>The daemon's address, or "" for whatever a client takes by itself.</summary>
    public string Host => (string?)_endpoints?[Docker]?["Host"] ?? "";

    /// <summary>The daemon's certificate is not checked.</summary>
    public bool SkipVerify => (bool?)_endpoints?[Docker]?["SkipTLSVerify"] ?? false;

    public bool HasDocker => _endpoints?[Docker] is not null;

    /// <summary>The same under another name, to be changed.</summary>
    public ContextRecord Named(string name) =>
        new(name, (JsonObject?)_metadata?.DeepClone() ?? [], (JsonObject?)_endpoints?.DeepClone() ?? []);

    public void Describe(string description)
    {
        if (description.Length > 0)
            _metadata!["Description"] = description;
    }

    public void SetDocker(string host, bool skipVerify)
    {
        var endpoint = new JsonObject();
        if (host.Length > 0)
            endpoint["Host"] = host;
        endpoint["SkipTLSVerify"] = skipVerify;
        _endpoints![Docker] = endpoint;
    }

    /// <summary>Reads meta.json. Throws <see cref="InvalidDataException"/> with what is wrong with it.</summary>
    public static ContextRecord Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            if (JsonNode.Parse(json) is not JsonObject root)
                throw new InvalidDataException("invalid context: meta.json is not an object");
            var record = new ContextRecord(Text(root["Name"], "Name"), Object(root, "Metadata"), Object(root, "Endpoints"));
            Text(record._metadata?["Description"], "Metadata.Description");
            foreach (var (name, node) in record._endpoints ?? [])
            {
                if (node is not JsonObject endpoint)
                    throw new InvalidDataException($"invalid context: endpoint {name} is not an object");
                Text(endpoint["Host"], $"Endpoints.{name}.Host");
                if (endpoint["SkipTLSVerify"] is { } skip && skip.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False))
                    throw new InvalidDataException($"invalid context: Endpoints.{name}.SkipTLSVerify is not a boolean");
            }
            return record;
        }
        // A key that is there twice is an ArgumentException.
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"invalid context: {e.Message}");
        }
    }

    /// <summary>As it is written: compact, in the order in which Docker writes it.</summary>
    public byte[] ToJson() => Encoding.UTF8.GetBytes(ToJson(ToNode()));

    /// <summary>As inspect shows it: with the names of its TLS files, and where it lies.</summary>
    public string ToJson(IEnumerable<TlsFile> files, string metadataPath, string tlsPath)
    {
        var node = ToNode();
        var material = new JsonObject();
        foreach (var file in files)
        {
            if (material[file.Endpoint] is not JsonArray names)
                material[file.Endpoint] = names = [];
            names.Add((JsonNode)file.Name);
        }
        node["TLSMaterial"] = material;
        node["Storage"] = new JsonObject { ["MetadataPath"] = metadataPath, ["TLSPath"] = tlsPath };
        return ToJson(node);
    }

    JsonObject ToNode()
    {
        var node = new JsonObject { ["Name"] = Name };
        if (_metadata is not null)
            node["Metadata"] = _metadata.DeepClone();
        if (_endpoints is not null)
            node["Endpoints"] = _endpoints.DeepClone();
        return node;
    }

    static string ToJson(JsonObject node)
    {
        using var document = JsonDocument.Parse(node.ToJsonString());
        return TemplateValues.ToJson(document.RootElement);
    }

    static JsonObject? Object(JsonObject root, string name) =>
        root[name] switch
        {
            null => null,
            JsonObject found => found,
            _ => throw new InvalidDataException($"invalid context: {name} is not an object"),
        };

    static string Text(JsonNode? node, string name) =>
        node is null ? ""
        : node.GetValueKind() == JsonValueKind.String ? (string)node!
        : throw new InvalidDataException($"invalid context: {name} is not a string");
}

/// <summary>A file of a context's TLS directory.</summary>
/// <param name="Endpoint">"docker".</param>
/// <param name="Name">"ca.pem", "cert.pem" or "key.pem"; other programs may have more.</param>
readonly record struct TlsFile(string Endpoint, string Name, byte[] Content);
