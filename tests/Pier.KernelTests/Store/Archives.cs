using System.Text;
using Pier.Model;

namespace Pier.KernelTests.Store;

/// <summary>
/// Image archives as `docker save` wrote them before version 25: manifest.json, a configuration, layer tars in directories.
/// </summary>
static class Archives
{
    public static byte[] DockerSave(string? name, params byte[][] layers) =>
        DockerSave(name, layers, [.. layers.Select((_, i) => $"{i}/layer.tar")]);

    public static byte[] DockerSave(string? name, byte[][] layers, string[] layerPaths)
    {
        var diffIds = string.Join(',', layers.Select(l => $"\"{Digest.Of(l)}\""));
        var config =
            $$$"""{"architecture":"amd64","os":"linux","created":"2024-01-01T00:00:00Z","config":{"Cmd":["/bin/sh"],"Env":null},"rootfs":{"type":"layers","diff_ids":[{{{diffIds}}}]}}""";
        var tags = name is null ? "null" : $"[\"{name}\"]";
        var manifest =
            $$$"""[{"Config":"config.json","RepoTags":{{{tags}}},"Layers":[{{{string.Join(',', layerPaths.Select(p => $"\"{p}\""))}}}]}]""";
        var tar = new TarBuilder();
        for (var i = 0; i < layers.Length; i++)
            tar.Bytes($"{i}/layer.tar", layers[i]);
        return tar.Bytes("config.json", Encoding.UTF8.GetBytes(config)).Bytes("manifest.json", Encoding.UTF8.GetBytes(manifest)).Build();
    }
}
