using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pier.Bench.Engines;

/// <summary>The Docker Engine API over a unix socket with keep-alive: the same client for every engine.</summary>
sealed class EngineClient : IDisposable
{
    public const string Image = "pier-bench:latest";

    /// <summary>An API version that all the peers know.</summary>
    const string Version = "/v1.40";

    readonly HttpClient _http;

    public EngineClient(string socket)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancel);
                    return new NetworkStream(connection, ownsSocket: true);
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            },
        };
        _http = new HttpClient(handler) { BaseAddress = new Uri("http://engine"), Timeout = TimeSpan.FromMinutes(3) };
    }

    public async Task<bool> Ping()
    {
        try
        {
            using var answer = await _http.GetAsync("/_ping");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Imports a root file system as the image of the measurements.</summary>
    public async Task Import(string tar)
    {
        await using var file = File.OpenRead(tar);
        using var content = new StreamContent(file);
        content.Headers.ContentType = new("application/x-tar");
        using var answer = await _http.PostAsync($"{Version}/images/create?fromSrc=-&repo=pier-bench&tag=latest", content);
        await Check(answer, "import");
    }

    /// <summary>Builds an image by the classic wire, from a tar in memory; throws when the build fails.</summary>
    public async Task Build(byte[] tar, bool cached)
    {
        using var content = new ByteArrayContent(tar);
        content.Headers.ContentType = new("application/x-tar");
        using var answer = await _http.PostAsync(
            $"{Version}/build?t=pier-bench-build&networkmode=none&nocache={(cached ? 0 : 1)}",
            content
        );
        await Check(answer, "build");
        var stream = await answer.Content.ReadAsStringAsync();
        if (!stream.Contains("Successfully built", StringComparison.Ordinal))
            throw new InvalidOperationException($"build: {stream[^Math.Min(stream.Length, 300)..]}");
    }

    /// <summary>Makes an image of a container's changes.</summary>
    public async Task Commit(string id, string repository) =>
        await Post($"/commit?container={id}&repo={repository}&pause=0", new JsonObject());

    /// <summary>Lists what a container has changed; how many paths.</summary>
    public async Task<int> Changes(string id)
    {
        var list = await _http.GetFromJsonAsync<JsonArray>($"{Version}/containers/{id}/changes");
        return list!.Count;
    }

    /// <summary>Unpacks a tar in a container.</summary>
    public async Task CopyIn(string id, string path, byte[] tar)
    {
        using var content = new ByteArrayContent(tar);
        content.Headers.ContentType = new("application/x-tar");
        using var answer = await _http.PutAsync($"{Version}/containers/{id}/archive?path={path}", content);
        await Check(answer, "copy in");
    }

    /// <summary>Reads a path of a container as a tar; its bytes.</summary>
    public Task<long> CopyOut(string id, string path) => Download($"/containers/{id}/archive?path={path}", "copy out");

    /// <summary>Creates a container, with a port published on any of the host; returns its id.</summary>
    public async Task<string> Create(string network, string[] command, int port = 0, string image = Image)
    {
        var host = new JsonObject { ["NetworkMode"] = network };
        var body = new JsonObject
        {
            ["Image"] = image,
            ["Cmd"] = new JsonArray([.. command.Select(c => (JsonNode)c)]),
            ["HostConfig"] = host,
        };
        if (port > 0)
        {
            body["ExposedPorts"] = new JsonObject { [$"{port}/tcp"] = new JsonObject() };
            host["PortBindings"] = new JsonObject { [$"{port}/tcp"] = new JsonArray(new JsonObject { ["HostPort"] = "" }) };
        }

        return (string)(await Post("/containers/create", body))!["Id"]!;
    }

    public async Task CreateNetwork(string name) => await Post("/networks/create", new JsonObject { ["Name"] = name });

    public async Task RemoveNetwork(string name)
    {
        using var answer = await _http.DeleteAsync($"{Version}/networks/{name}");
        await Check(answer, "remove network");
    }

    public async Task Connect(string network, string id) =>
        await Post($"/networks/{network}/connect", new JsonObject { ["Container"] = id });

    public async Task Disconnect(string network, string id) =>
        await Post($"/networks/{network}/disconnect", new JsonObject { ["Container"] = id });

    /// <summary>What the engine tells of something: "networks", "networks/NAME", "containers/ID/json".</summary>
    public async Task<JsonNode> Get(string path)
    {
        using var answer = await _http.GetAsync($"{Version}/{path}");
        return JsonNode.Parse(await Check(answer, path))!;
    }

    public async Task Start(string id) => await Post($"/containers/{id}/start", null);

    /// <summary>Waits for the end and returns the exit code.</summary>
    public async Task<int> Wait(string id) => (int)(await Post($"/containers/{id}/wait", null))!["StatusCode"]!;

    public async Task Remove(string id)
    {
        using var answer = await _http.DeleteAsync($"{Version}/containers/{id}?force=1");
        await Check(answer, "remove");
    }

    /// <summary>Runs a command in a container, to its end.</summary>
    public async Task Exec(string id, string[] command)
    {
        var exec = await Post(
            $"/containers/{id}/exec",
            new JsonObject { ["AttachStdout"] = true, ["Cmd"] = new JsonArray([.. command.Select(c => (JsonNode)c)]) }
        );
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Version}/exec/{(string)exec!["Id"]!}/start")
        {
            Content = new StringContent("""{"Detach":false,"Tty":false}""", Encoding.UTF8, "application/json"),
        };
        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (!answer.IsSuccessStatusCode)
            await Check(answer, "exec");
        // The stream ends with the command.
        await (await answer.Content.ReadAsStreamAsync()).CopyToAsync(Stream.Null);
    }

    /// <summary>Reads a container's whole log; returns its bytes, stream headers included.</summary>
    public async Task<long> Logs(string id)
    {
        using var answer = await _http.GetAsync($"{Version}/containers/{id}/logs?stdout=1", HttpCompletionOption.ResponseHeadersRead);
        if (!answer.IsSuccessStatusCode)
            await Check(answer, "logs");
        await using var stream = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[1 << 16];
        long total = 0;
        for (int read; (read = await stream.ReadAsync(buffer)) > 0; )
            total += read;
        return total;
    }

    /// <summary>How many containers the list has.</summary>
    public async Task<int> List(bool all = true)
    {
        var list = await _http.GetByteArrayAsync($"{Version}/containers/json?all={(all ? 1 : 0)}");
        using var json = JsonDocument.Parse(list);
        return json.RootElement.GetArrayLength();
    }

    /// <summary>Pulls from a registry, to the end of its progress.</summary>
    public async Task Pull(string repository, string tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Version}/images/create?fromImage={repository}&tag={tag}");
        await Progress(request, "pull");
    }

    public async Task Push(string repository, string tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Version}/images/{repository}/push?tag={tag}");
        request.Headers.Add("X-Registry-Auth", "e30=");
        await Progress(request, "push");
    }

    public async Task Load(string archive)
    {
        await using var file = File.OpenRead(archive);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Version}/images/load?quiet=1")
        {
            Content = new StreamContent(file, 1 << 20),
        };
        request.Content.Headers.ContentType = new("application/x-tar");
        await Progress(request, "load");
    }

    /// <summary>Reads an image's archive; its bytes.</summary>
    public Task<long> Save(string name) => Download($"/images/{name}/get", "save");

    public async Task<bool> HasImage(string name)
    {
        using var answer = await _http.GetAsync($"{Version}/images/{name}/json");
        return answer.IsSuccessStatusCode;
    }

    /// <summary>What is not there is no error.</summary>
    public async Task RemoveImage(string name)
    {
        using var answer = await _http.DeleteAsync($"{Version}/images/{name}?force=1");
    }

    public async Task ListImages()
    {
        using var answer = await _http.GetAsync($"{Version}/images/json");
        await Check(answer, "list");
    }

    public void Dispose() => _http.Dispose();

    async Task<JsonNode?> Post(string path, JsonNode? body)
    {
        using var content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await _http.PostAsync(Version + path, content);
        var text = await Check(answer, path);
        // podman answers some with a bare word.
        return text.Length == 0 || text[0] is not ('{' or '[') ? null : JsonNode.Parse(text);
    }

    async Task<long> Download(string path, string what)
    {
        using var answer = await _http.GetAsync(Version + path, HttpCompletionOption.ResponseHeadersRead);
        if (!answer.IsSuccessStatusCode)
            await Check(answer, what);
        await using var stream = await answer.Content.ReadAsStreamAsync();
        var (buffer, total) = (new byte[1 << 20], 0L);
        for (int read; (read = await stream.ReadAsync(buffer)) > 0; )
            total += read;
        return total;
    }

    // An error in the middle of a transfer is a line of its progress.
    async Task Progress(HttpRequestMessage request, string what)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        if (!answer.IsSuccessStatusCode)
            await Check(answer, what);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(limit.Token));
        while (await reader.ReadLineAsync(limit.Token) is { } line)
            if (line.Contains("\"error\"", StringComparison.Ordinal))
                throw new InvalidOperationException($"{what}: {line}");
    }

    static async Task<string> Check(HttpResponseMessage answer, string what)
    {
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? text : throw new InvalidOperationException($"{what}: {(int)answer.StatusCode} {text.Trim()}");
    }
}
