using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Pier.Model;

namespace Pier.KernelTests.Registry;

/// <summary>Names and ids as paths, broken uploads, bad ranges, ambiguous and nested manifests: attack cases 28, 30 and 50.</summary>
public sealed class HostileClientTests : IAsyncLifetime
{
    PierRegistry? _registry;
    RegistryTalk? _talk;

    public async Task InitializeAsync()
    {
        _registry = await PierRegistry.StartAsync();
        _talk = new RegistryTalk(_registry.Address);
    }

    public async Task DisposeAsync()
    {
        _talk!.Dispose();
        await _registry!.DisposeAsync();
    }

    [Theory]
    [InlineData("/v2/../../etc/passwd/manifests/x")]
    [InlineData("/v2/a%2f..%2f..%2fetc/manifests/x")]
    [InlineData("/v2/a/%2e%2e/%2e%2e/b/tags/list")]
    [InlineData("/v2/a/_tags/x/manifests/x")]
    [InlineData("/v2/a/..x/manifests/x")]
    [InlineData("/v2/a//b/manifests/x")]
    [InlineData("/v2/a/manifests/..%2f..%2fx")]
    [InlineData("/v2/a/manifests/.hidden")]
    [InlineData("/v2/a/blobs/sha256:../../../etc/passwd")]
    [InlineData("/v2/a/blobs/sha256:%2e%2e%2fx")]
    [InlineData("/v2/a/blobs/uploads/..%2f..%2f..%2flock")]
    [InlineData("/v2/a/blobs/uploads/00000000-0000-0000-0000-000000000000")]
    [InlineData("/v2/a%00b/manifests/x")]
    [InlineData("/v2/A/manifests/x")]
    public async Task Paths_stay_names(string path)
    {
        // As bytes on a socket: a client library would tidy the path up first.
        var status = await RawStatusAsync($"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        Assert.InRange(status, 400, 404);
        status = await RawStatusAsync(
            $"PUT {path}?digest=sha256:{new string('a', 64)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx"
        );
        Assert.InRange(status, 400, 405);
        Assert.Equal(
            ["lock", "temporary", "uploads"],
            Directory.GetFileSystemEntries(_registry!.Root).Select(e => Path.GetFileName(e)!).Order()
        );
    }

    [Fact]
    public async Task An_upload_belongs_to_its_repository()
    {
        var location = await _talk!.BeginAsync("mine");
        using var stolen = await _talk.SendAsync(
            HttpMethod.Patch,
            location.Replace("/mine/", "/theirs/", StringComparison.Ordinal),
            RegistryTalk.Bytes([1])
        );
        Assert.Equal((404, "BLOB_UPLOAD_UNKNOWN"), ((int)stolen.StatusCode, await RegistryTalk.CodeAsync(stolen)));
    }

    [Fact]
    public async Task A_blob_of_another_repository_is_not_there()
    {
        var digest = await _talk!.PushBlobAsync("mine", [1, 2, 3]);
        using var other = await _talk.GetAsync($"/v2/theirs/blobs/{digest}");
        Assert.Equal(404, (int)other.StatusCode);
        var manifest = await _talk.ManifestAsync("mine", "one");
        using var put = await _talk.PutManifestAsync("theirs", "v1", manifest);
        Assert.Equal("MANIFEST_BLOB_UNKNOWN", await RegistryTalk.CodeAsync(put));
    }

    [Theory]
    [InlineData("bytes=5-1")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=0-1,3-4")]
    [InlineData("lines=0-1")]
    [InlineData("bytes=99999999999999999999-")]
    public async Task Ranges_that_are_none_mean_the_whole(string range)
    {
        var digest = await _talk!.PushBlobAsync("ranges", "hello"u8.ToArray());
        using var answer = await _talk.GetAsync($"/v2/ranges/blobs/{digest}", ("Range", range));
        Assert.Equal((200, "hello"), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData("7-3")]
    [InlineData("x")]
    [InlineData("1-2")]
    [InlineData("-1-2")]
    [InlineData("0-99")]
    public async Task Chunks_that_lie_are_refused(string range)
    {
        var location = await _talk!.BeginAsync("chunks");
        var body = RegistryTalk.Bytes("abc"u8.ToArray());
        body.Headers.TryAddWithoutValidation("Content-Range", range);
        using var answer = await _talk.SendAsync(HttpMethod.Patch, location, body);
        Assert.Equal((416, "RANGE_INVALID"), ((int)answer.StatusCode, await RegistryTalk.CodeAsync(answer)));
    }

    [Theory]
    [InlineData(
        """{"schemaVersion":2,"config":{"mediaType":"m","digest":"D","size":1},"layers":[],"manifests":[]}""",
        MediaTypes.OciManifest
    )]
    [InlineData("""{"schemaVersion":2,"manifests":[],"layers":[]}""", MediaTypes.OciIndex)]
    [InlineData(
        """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","config":{"mediaType":"m","digest":"D","size":1},"layers":[]}""",
        MediaTypes.OciManifest
    )]
    [InlineData("""{"schemaVersion":2,"config":null,"layers":null}""", MediaTypes.OciManifest)]
    [InlineData("""{"schemaVersion":2,"manifests":[null]}""", MediaTypes.OciIndex)]
    [InlineData("""{"schemaVersion":1,"fsLayers":[],"history":[]}""", "application/vnd.docker.distribution.manifest.v1+prettyjws")]
    [InlineData(
        """{"schemaVersion":2,"config":{"mediaType":"m","digest":"sha256:../../x","size":1},"layers":[]}""",
        MediaTypes.OciManifest
    )]
    [InlineData("null", MediaTypes.OciManifest)]
    [InlineData("[]", MediaTypes.OciManifest)]
    [InlineData("", MediaTypes.OciManifest)]
    [InlineData("{}", "text/html")]
    public async Task Manifests_that_are_none_are_refused(string json, string mediaType)
    {
        var bytes = Encoding.UTF8.GetBytes(json.Replace("\"D\"", $"\"{Digest.Of([1])}\"", StringComparison.Ordinal));
        using var answer = await _talk!.PutManifestAsync("bad", "v1", bytes, mediaType);
        Assert.Equal((400, "MANIFEST_INVALID"), ((int)answer.StatusCode, await RegistryTalk.CodeAsync(answer)));
    }

    [Fact]
    public async Task Manifests_of_great_depth_or_size_are_refused()
    {
        var deep = Encoding.ASCII.GetBytes("""{"schemaVersion":2,"x":""" + new string('[', 100_000) + new string(']', 100_000) + "}");
        using var nested = await _talk!.PutManifestAsync("bad", "v1", deep);
        Assert.Equal((400, "MANIFEST_INVALID"), ((int)nested.StatusCode, await RegistryTalk.CodeAsync(nested)));
        using var large = await _talk.PutManifestAsync("bad", "v1", new byte[(4 << 20) + 1]);
        Assert.Equal(413, (int)large.StatusCode);
    }

    [Fact]
    public async Task A_connection_that_breaks_leaves_an_upload_to_resume()
    {
        var whole = RandomNumberGenerator.GetBytes(300_000);
        var location = await _talk!.BeginAsync("broken");
        using (var socket = await ConnectAsync())
        {
            await socket.SendAsync(
                Encoding.ASCII.GetBytes($"PATCH {location} HTTP/1.1\r\nHost: x\r\nContent-Length: {whole.Length}\r\n\r\n")
            );
            await socket.SendAsync(whole.AsMemory(0, 200_000));
            await Task.Delay(300);
        }
        using var status = await _talk.GetAsync(location);
        var range = (status.Headers.TryGetValues("Range", out var values) ? values : status.Content.Headers.GetValues("Range")).Single();
        Assert.Equal("0-199999", range);
        var rest = RegistryTalk.Bytes(whole[200_000..]);
        rest.Headers.TryAddWithoutValidation("Content-Range", "200000-299999");
        using var done = await _talk.SendAsync(HttpMethod.Put, RegistryTalk.With(location, $"digest={Digest.Of(whole)}"), rest);
        Assert.Equal(201, (int)done.StatusCode);
    }

    [Fact]
    public async Task Methods_that_a_path_has_not_are_named()
    {
        using var answer = await _talk!.SendAsync(HttpMethod.Post, "/v2/a/tags/list");
        Assert.Equal((405, "UNSUPPORTED"), ((int)answer.StatusCode, await RegistryTalk.CodeAsync(answer)));
        Assert.Equal(["GET"], answer.Content.Headers.Allow);
    }

    async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_registry!.Server.EndPoint);
        return socket;
    }

    async Task<int> RawStatusAsync(string request)
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        var buffer = new byte[64];
        var length = await socket.ReceiveAsync(buffer);
        return int.Parse(Encoding.ASCII.GetString(buffer, 0, length).Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
