using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Pier.Bench.Engines;

namespace Pier.Bench.Measures;

/// <summary>
/// Registry servers, Pier's and Debian's docker-registry: each stands in its engine's column. In this machine's network, on ports of their
/// own.
/// </summary>
sealed class RegistryRates(string work, string? pier)
{
    const int BlobSize = 256 << 20,
        Clients = 8;
    const string Peer = "/usr/bin/docker-registry";
    static readonly TimeSpan Window = TimeSpan.FromSeconds(3);

    public IReadOnlyList<Measure> Measures =>
        [
            new("registry: blobs of 256 MiB, one client (dockerd: docker-registry)", "MB/s", Better.Higher, engine => With(engine, Blobs)),
            new("registry: manifest requests, 8 clients (dockerd: docker-registry)", "/s", Better.Higher, engine => With(engine, Requests)),
        ];

    async Task<IReadOnlyList<double>> With(Engine engine, Func<HttpClient, Task<double>> measure)
    {
        var (command, port) = engine switch
        {
            PierEngine when pier is not null => (
                (IReadOnlyList<string>)[pier, "registry", "serve", "--addr", "127.0.0.1:5071", "--root", Path.Combine(work, "rates-pier")],
                5071
            ),
            DockerEngine when File.Exists(Peer) => ((IReadOnlyList<string>)[Peer, "serve", PeerConfig()], 5072),
            _ => throw new InvalidOperationException("it has no registry server"),
        };
        using var registry = await ServedRegistry.Start(command, null);
        using var http = new HttpClient
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}/"),
            DefaultRequestVersion = HttpVersion.Version11,
        };
        await ServedRegistry.WaitFor(http);
        return [await measure(http)];
    }

    string PeerConfig()
    {
        var file = Path.Combine(work, "registry.yml");
        File.WriteAllText(
            file,
            $"version: 0.1\nlog: {{level: error, accesslog: {{disabled: true}}}}\nstorage: {{filesystem: {{rootdirectory: {work}/rates-peer}}}}\nhttp: {{addr: \"127.0.0.1:5072\"}}\n"
        );
        return file;
    }

    static async Task<double> Blobs(HttpClient http)
    {
        var digest = await Put(http, RandomNumberGenerator.GetBytes(BlobSize));
        await Read(http, digest);
        var (start, bytes) = (Stopwatch.GetTimestamp(), 0L);
        while (Stopwatch.GetElapsedTime(start) < Window)
            bytes += await Read(http, digest);
        return bytes / 1e6 / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    static async Task<long> Read(HttpClient http, string digest)
    {
        using var answer = await http.GetAsync($"v2/rates/blobs/{digest}", HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync();
        var (buffer, total) = (new byte[1 << 20], 0L);
        for (int read; (read = await stream.ReadAsync(buffer)) > 0; )
            total += read;
        return total;
    }

    static async Task<double> Requests(HttpClient http)
    {
        var config = await Put(http, "{}"u8.ToArray());
        const string type = "application/vnd.oci.image.manifest.v1+json";
        var manifest =
            $$$"""{"schemaVersion":2,"mediaType":"{{{type}}}","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{{config}}}","size":2},"layers":[]}""";
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(manifest));
        content.Headers.ContentType = new(type);
        using (var put = await http.PutAsync("v2/rates/manifests/1", content))
            put.EnsureSuccessStatusCode();
        http.DefaultRequestHeaders.Accept.ParseAdd(type);
        var (start, count) = (Stopwatch.GetTimestamp(), 0);
        await Task.WhenAll(
            Enumerable
                .Range(0, Clients)
                .Select(async _ =>
                {
                    while (Stopwatch.GetElapsedTime(start) < Window)
                    {
                        using var answer = await http.GetAsync("v2/rates/manifests/1");
                        answer.EnsureSuccessStatusCode();
                        Interlocked.Increment(ref count);
                    }
                })
        );
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    static async Task<string> Put(HttpClient http, byte[] blob)
    {
        var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(blob));
        using var begin = await http.PostAsync("v2/rates/blobs/uploads/", null);
        var place = new Uri(http.BaseAddress!, begin.EnsureSuccessStatusCode().Headers.Location!);
        using var put = await http.PutAsync(place + (place.Query.Length > 0 ? "&" : "?") + "digest=" + digest, new ByteArrayContent(blob));
        put.EnsureSuccessStatusCode();
        return digest;
    }
}
