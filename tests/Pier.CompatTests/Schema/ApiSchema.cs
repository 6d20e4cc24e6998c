using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Pier.CompatTests.Schema;

/// <summary>One operation of the Engine API: "POST", "/containers/{id}/start".</summary>
public sealed record Operation(string Method, string Path, JsonObject Node)
{
    public override string ToString() => $"{Method} {Path}";

    /// <summary>The schema of an answer's body, or null where the file gives none.</summary>
    public JsonObject? Answer(int status) => Node["responses"]?[status.ToString(CultureInfo.InvariantCulture)]?["schema"] as JsonObject;

    public IEnumerable<JsonObject> Parameters => (Node["parameters"] as JsonArray ?? []).OfType<JsonObject>();
}

/// <summary>Docker's own description of its Engine API (a swagger 2.0 file), which is kept beside the repository.</summary>
public sealed class ApiSchema
{
    const string FileName = "docker-engine-api-v1.51.yaml";

    readonly JsonObject _root;

    ApiSchema(JsonObject root) => _root = root;

    /// <summary>$PIER_API_SCHEMA, or shared/reference/ of a directory above the repository.</summary>
    public static string? Find()
    {
        if (Environment.GetEnvironmentVariable("PIER_API_SCHEMA") is { Length: > 0 } given)
            return given;
        for (var directory = Golden.Repository(); directory is not null; directory = Path.GetDirectoryName(directory))
        {
            var file = Path.Combine(directory, "shared", "reference", FileName);
            if (File.Exists(file))
                return file;
        }
        return null;
    }

    /// <summary>Loads it, or skips the test with the reason.</summary>
    public static ApiSchema LoadOrSkip()
    {
        var file = Find();
        Skip.If(file is null, $"{FileName} is neither in shared/reference above the repository nor named by PIER_API_SCHEMA");
        using var reader = new StreamReader(file);
        var yaml = new YamlStream();
        yaml.Load(reader);
        return new ApiSchema((JsonObject)Convert(yaml.Documents[0].RootNode)!);
    }

    public JsonObject Definition(string name) => (JsonObject)_root["definitions"]![name]!;

    public IEnumerable<Operation> Operations =>
        ((JsonObject)_root["paths"]!).SelectMany(p =>
            ((JsonObject)p.Value!).Select(o => new Operation(o.Key.ToUpperInvariant(), p.Key, (JsonObject)o.Value!))
        );

    public Operation Operation(string method, string path) =>
        Operations.FirstOrDefault(o => o.Method == method && o.Path == path)
        ?? throw new InvalidOperationException($"the schema has no {method} {path}");

    /// <summary>A schema with its $ref followed.</summary>
    public JsonObject Resolve(JsonObject schema) =>
        schema["$ref"]?.GetValue<string>() is { } reference ? Resolve(Definition(reference["#/definitions/".Length..])) : schema;

    /// <summary>The fields of an object, with those of allOf.</summary>
    public Dictionary<string, JsonObject> Fields(JsonObject schema)
    {
        schema = Resolve(schema);
        var fields = new Dictionary<string, JsonObject>();
        foreach (var part in (schema["allOf"] as JsonArray ?? []).OfType<JsonObject>())
        foreach (var (name, field) in Fields(part))
            fields[name] = field;
        foreach (var (name, field) in schema["properties"] as JsonObject ?? [])
            fields[name] = (JsonObject)field!;
        return fields;
    }

    static JsonNode? Convert(YamlNode node)
    {
        switch (node)
        {
            case YamlMappingNode mapping:
                var result = new JsonObject();
                foreach (var (key, value) in mapping.Children)
                    result[((YamlScalarNode)key).Value!] = Convert(value);
                return result;
            case YamlSequenceNode sequence:
                return new JsonArray([.. sequence.Children.Select(Convert)]);
            default:
                return Scalar((YamlScalarNode)node);
        }
    }

    static JsonValue? Scalar(YamlScalarNode scalar) =>
        scalar.Style != ScalarStyle.Plain
            ? JsonValue.Create(scalar.Value)
            : scalar.Value switch
            {
                "null" or "~" or "" or null => null,
                "true" => JsonValue.Create(true),
                "false" => JsonValue.Create(false),
                var text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) =>
                    JsonValue.Create(number),
                var text => JsonValue.Create(text),
            };
}
