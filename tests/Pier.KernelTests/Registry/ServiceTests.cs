using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Pier.Distribution;
using Pier.KernelTests.Distribution;
using Pier.Model;
using Pier.Registry;
using Pier.Registry.Proxy;

namespace Pier.KernelTests.Registry;

/// <summary>TLS, pull-through, metrics, search, and memory that does not grow.</summary>
public class ServiceTests
{
    [Fact]
    public async Task Tls_with_an_authority_of_ones_own()
    {
        var directory = Directory.CreateTempSubdirectory("pier-registry-tls-").FullName;
        var (certificate, key) = (Path.Combine(directory, "server.pem"), Path.Combine(directory, "key.pem"));
        WriteCertificate(certificate, key);
        await using var registry = await PierRegistry.StartAsync(o => o with { Tls = new RegistryTls(certificate, key) });
        var source = new MemoryContent();
        var image = source.AddImage(2, 300_000);
        var name = ImageReference.Parse($"{registry.Address}/app:v1");

        // The own machine counts as insecure: the certificate is not checked, but TLS is spoken.
        using var lax = new RegistryClient(new RegistryClientOptions { CertificateDirectory = null });
        await lax.PushAsync(name, image, source);
        var pulled = await lax.PullAsync(name, new MemoryContent());
        Assert.Equal($"https://{registry.Address}", pulled.From);

        // A client that checks, and trusts this authority.
        using var strict = new HttpClient(
            new SocketsHttpHandler
            {
                SslOptions = new SslClientAuthenticationOptions
                {
                    RemoteCertificateValidationCallback = (_, shown, _, _) =>
                        shown!.GetCertHashString() == X509CertificateLoader.LoadCertificateFromFile(certificate).GetCertHashString(),
                },
            }
        );
        Assert.Equal("{}", await strict.GetStringAsync($"https://{registry.Address}/v2/"));
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_cache_of_another_registry()
    {
        await using var origin = await PierRegistry.StartAsync();
        using var client = new RegistryClient();
        var source = new MemoryContent();
        var (amd, arm) = (source.AddImage(2, 50_000), source.AddImage(2, 50_000, "arm64"));
        var index = source.AddIndex(amd, arm);
        await client.PushAsync(ImageReference.Parse($"{origin.Address}/team/app:v1"), index, source);
        var upstream = new ClientUpstream(client, origin.Address);
        await using var cache = await PierRegistry.StartAsync(o => o with { Upstream = upstream, UpstreamTagLifetime = TimeSpan.Zero });
        var name = ImageReference.Parse($"{cache.Address}/team/app:v1");

        // Several clients at once share what is fetched.
        var targets = Enumerable.Range(0, 4).Select(_ => new MemoryContent()).ToArray();
        await Task.WhenAll(targets.Select(t => client.PullAsync(name, t, Platform.Parse("linux/amd64"))));
        Assert.All(targets, t => Assert.Equal(5, t.Blobs.Count));
        Assert.Equal(3, upstream.Blobs);

        // Moved tags are noticed; an upstream that is gone is not missed.
        await client.PushAsync(ImageReference.Parse($"{origin.Address}/team/app:v1"), amd, source);
        Assert.Equal(amd.Digest, (await client.PullAsync(name, new MemoryContent())).Target.Digest);
        upstream.IsGone = true;
        Assert.Equal(amd.Digest, (await client.PullAsync(name, new MemoryContent())).Target.Digest);
        await Assert.ThrowsAnyAsync<EngineException>(() =>
            client.PullAsync(ImageReference.Parse($"{cache.Address}/team/app:v2"), new MemoryContent())
        );

        // And nobody may push to a cache.
        var refused = await Assert.ThrowsAnyAsync<EngineException>(() =>
            client.PushAsync(name, amd, new MemoryContent { Blobs = { [amd.Digest] = source.Blobs[amd.Digest] } })
        );
        Assert.NotNull(refused);
    }

    [Fact]
    public async Task Metrics_and_health()
    {
        await using var registry = await PierRegistry.StartAsync();
        using var talk = new RegistryTalk(registry.Address);
        var digest = await talk.PushBlobAsync("app", new byte[1000]);
        using (await talk.GetAsync($"/v2/app/blobs/{digest}"))
        using (await talk.SendAsync(new HttpMethod("BREW"), "/v2/")) { }
        Assert.Equal("ok\n", await (await talk.GetAsync("/healthz")).Content.ReadAsStringAsync());
        var text = await (await talk.GetAsync("/metrics")).Content.ReadAsStringAsync();
        Assert.Contains("pier_registry_blob_received_bytes_total 1000\n", text, StringComparison.Ordinal);
        Assert.Contains("pier_registry_blob_sent_bytes_total 1000\n", text, StringComparison.Ordinal);
        Assert.Contains("{method=\"get\",handler=\"blob\",code=\"200\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("{method=\"other\",handler=\"base\",code=\"405\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("pier_registry_http_in_flight_requests 1\n", text, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Memory_does_not_grow_with_a_blob()
    {
        var root = Directory.CreateTempSubdirectory("pier-registry-memory-").FullName;
        await using (var registry = await ServedRegistry.StartAsync(root))
        {
            using var talk = new RegistryTalk(registry.Address);
            await PassThroughAsync(registry.Address, talk, 64 << 20);
            var before = PeakKilobytes(registry.Pid);
            await PassThroughAsync(registry.Address, talk, 2L << 30);
            Assert.InRange(PeakKilobytes(registry.Pid) - before, 0, 64 << 10);
        }
        Directory.Delete(root, recursive: true);
    }

    static async Task PassThroughAsync(string address, RegistryTalk talk, long size)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://{address}") };
        var location = await talk.BeginAsync("app");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (var put = await http.PatchAsync(location, new StreamContent(new Zeros(size, hash)) { Headers = { ContentLength = size } }))
            Assert.Equal(202, (int)put.StatusCode);
        var digest = Digest.FromSha256(hash.GetHashAndReset());
        using (var done = await http.PutAsync(RegistryTalk.With(location, $"digest={digest}"), null))
            Assert.Equal(201, (int)done.StatusCode);
        await using var body = await http.GetStreamAsync($"/v2/app/blobs/{digest}");
        var buffer = new byte[1 << 20];
        long total = 0;
        for (int read; (read = await body.ReadAsync(buffer)) > 0; )
            total += read;
        Assert.Equal(size, total);
    }

    static long PeakKilobytes(int pid) =>
        long.Parse(
            File.ReadLines($"/proc/{pid}/status")
                .First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            System.Globalization.CultureInfo.InvariantCulture
        );

    static void WriteCertificate(string certificate, string key)
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", ecdsa, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(certificate, made.ExportCertificatePem());
        File.WriteAllText(key, ecdsa.ExportPkcs8PrivateKeyPem());
    }

    sealed class Zeros(long size, IncrementalHash hash) : Stream
    {
        long _left = size;

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, _left);
            Array.Clear(buffer, offset, read);
            hash.AppendData(buffer, offset, read);
            _left -= read;
            return read;
        }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    sealed class ClientUpstream(RegistryClient client, string host) : IUpstream
    {
        int _blobs;

        public bool IsGone { get; set; }
        public int Blobs => _blobs;

        public async Task<Digest?> ResolveAsync(string repository, string tag, CancellationToken ct)
        {
            if (IsGone)
                throw new UnavailableException("gone");
            return (await client.ManifestAsync(ImageReference.Parse($"{host}/{repository}:{tag}"), ct: ct))?.Descriptor.Digest;
        }

        public async Task<UpstreamManifest?> ManifestAsync(string repository, Digest digest, CancellationToken ct) =>
            await client.ManifestAsync(ImageReference.Parse($"{host}/{repository}@{digest}"), ct: ct) is { } found
                ? new UpstreamManifest(found.Descriptor.MediaType, found.Bytes)
                : null;

        public Task<Stream?> BlobAsync(string repository, Digest digest, CancellationToken ct)
        {
            Interlocked.Increment(ref _blobs);
            return client.OpenBlobAsync(ImageReference.Parse($"{host}/{repository}"), digest, ct: ct);
        }
    }
}
