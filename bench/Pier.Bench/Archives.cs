using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Pier.Bench;

/// <summary>Image archives as `docker save` writes them, for measurements.</summary>
static class Archives
{
    const int FileSize = 2 << 20;

    /// <summary>An image of so many layers of so many bytes each, which compress to about half; layers gzipped or plain.</summary>
    public static void WriteLayered(string path, string name, int layers, int layerSize, bool gzip)
    {
        using var archive = new TarWriter(File.Create(path), TarEntryFormat.Ustar);
        List<string> diffIds = [];
        for (var i = 0; i < layers; i++)
        {
            var layer = path + ".layer";
            diffIds.Add(WriteLayer(layer, i, layerSize, gzip));
            using (var content = File.OpenRead(layer))
                archive.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, $"{i}/layer.tar") { DataStream = content });
            File.Delete(layer);
        }
        Add(archive, "config.json", Config(diffIds, 0));
        Add(archive, "manifest.json", $"[{Entry("config.json", name, layers)}]");
    }

    /// <summary>So many images "NAME:0", "NAME:1", ... over one small layer.</summary>
    public static void WriteMany(string path, string name, int count)
    {
        using var archive = new TarWriter(File.Create(path), TarEntryFormat.Ustar);
        var layer = path + ".layer";
        var diffId = WriteLayer(layer, 0, FileSize, gzip: false);
        using (var content = File.OpenRead(layer))
            archive.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "0/layer.tar") { DataStream = content });
        File.Delete(layer);
        for (var i = 0; i < count; i++)
            Add(archive, $"config{i}.json", Config([diffId], i));
        Add(
            archive,
            "manifest.json",
            $"[{string.Join(',', Enumerable.Range(0, count).Select(i => Entry($"config{i}.json", $"{name}:{i}", 1)))}]"
        );
    }

    static string WriteLayer(string path, int number, int size, bool gzip)
    {
        using var hash = SHA256.Create();
        using (var file = File.Create(path))
        using (Stream packed = gzip ? new GZipStream(file, CompressionLevel.Fastest) : file)
        using (var hashed = new CryptoStream(packed, hash, CryptoStreamMode.Write))
        using (var tar = new TarWriter(hashed, TarEntryFormat.Ustar))
        {
            for (var i = 0; i < size / FileSize; i++)
                tar.WriteEntry(
                    new UstarTarEntry(TarEntryType.RegularFile, $"layer{number}/file{i}") { DataStream = new MemoryStream(Content()) }
                );
        }
        return "sha256:" + Convert.ToHexStringLower(hash.Hash!);
    }

    // Noise and text by turns of a page.
    static byte[] Content()
    {
        var content = new byte[FileSize];
        for (var i = 0; i < content.Length; i += 8192)
            RandomNumberGenerator.Fill(content.AsSpan(i, 4096));
        return content;
    }

    static string Config(List<string> diffIds, int number) =>
        $$$"""{"architecture":"amd64","os":"linux","created":"2024-01-01T00:00:00Z","config":{"Cmd":["/bin/sh"],"Labels":{"n":"{{{number}}}"}},"rootfs":{"type":"layers","diff_ids":["{{{string.Join("\",\"", diffIds)}}}"]}}""";

    static string Entry(string config, string name, int layers) =>
        $$"""{"Config":"{{config}}","RepoTags":["{{name}}"],"Layers":["{{string.Join("\",\"", Enumerable.Range(0, layers).Select(i => $"{i}/layer.tar"))}}"]}""";

    static void Add(TarWriter archive, string name, string text) =>
        archive.WriteEntry(
            new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) }
        );
}
