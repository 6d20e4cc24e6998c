using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Pier.Model;

namespace Pier.KernelTests.Registry;

/// <summary>The plainest client of the distribution API: one request a method, nothing hidden.</summary>
public sealed class RegistryTalk(string address) : IDisposable
{
    readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri($"http://{address}/") };

    public Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? body = null,
        params (string Name, string Value)[] headers
    )
    {
        // A Location may be a whole URL or a path.
        var request = new HttpRequestMessage(method, new Uri(_http.BaseAddress!, path)) { Content = body };
        foreach (var (name, value) in headers)
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content!.Headers.TryAddWithoutValidation(name, value);
        return _http.SendAsync(request);
    }

    public Task<HttpResponseMessage> GetAsync(string path, params (string, string)[] headers) =>
        SendAsync(HttpMethod.Get, path, null, headers);

    public Task<HttpResponseMessage> HeadAsync(string path) => SendAsync(HttpMethod.Head, path);

    public Task<HttpResponseMessage> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    /// <summary>Begins an upload and answers where it goes on.</summary>
    public async Task<string> BeginAsync(string name)
    {
        using var answer = await SendAsync(HttpMethod.Post, $"/v2/{name}/blobs/uploads/", Bytes([]));
        Assert.Equal(202, (int)answer.StatusCode);
        return LocationOf(answer);
    }

    /// <summary>Pushes a blob in one PUT.</summary>
    public async Task<Digest> PushBlobAsync(string name, byte[] bytes)
    {
        var digest = Digest.Of(bytes);
        using var answer = await SendAsync(HttpMethod.Put, With(await BeginAsync(name), $"digest={digest}"), Bytes(bytes));
        Assert.Equal(201, (int)answer.StatusCode);
        return digest;
    }

    public Task<HttpResponseMessage> PutManifestAsync(string name, string reference, byte[] json, string mediaType = MediaTypes.OciManifest)
    {
        var body = Bytes(json);
        body.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        return SendAsync(HttpMethod.Put, $"/v2/{name}/manifests/{reference}", body);
    }

    /// <summary>Pushes an image of one layer; answers its manifest's bytes.</summary>
    public async Task<byte[]> PushImageAsync(
        string name,
        string reference,
        string text,
        Descriptor? subject = null,
        string? artifactType = null
    )
    {
        var manifest = await ManifestAsync(name, text, subject, artifactType);
        using var answer = await PutManifestAsync(name, reference, manifest);
        Assert.Equal(201, (int)answer.StatusCode);
        return manifest;
    }

    /// <summary>Pushes the blobs of an image and makes its manifest.</summary>
    public async Task<byte[]> ManifestAsync(string name, string text, Descriptor? subject = null, string? artifactType = null)
    {
        var config = JsonSerializer.SerializeToUtf8Bytes(
            new ImageConfig
            {
                Architecture = "amd64",
                Os = "linux",
                Author = text,
                RootFs = new RootFs { DiffIds = [] },
            },
            ImageJson.Plain.ImageConfig
        );
        var layer = Encoding.UTF8.GetBytes("layer " + text);
        await PushBlobAsync(name, config);
        await PushBlobAsync(name, layer);
        return JsonSerializer.SerializeToUtf8Bytes(
            new ImageManifest
            {
                MediaType = MediaTypes.OciManifest,
                ArtifactType = artifactType,
                Config = new Descriptor
                {
                    MediaType = MediaTypes.OciConfig,
                    Digest = Digest.Of(config),
                    Size = config.Length,
                },
                Layers =
                [
                    new Descriptor
                    {
                        MediaType = MediaTypes.OciLayerTar,
                        Digest = Digest.Of(layer),
                        Size = layer.Length,
                    },
                ],
                Subject = subject,
            },
            ImageJson.Plain.ImageManifest
        );
    }

    public static string LocationOf(HttpResponseMessage answer) => answer.Headers.Location!.ToString();

    public static string With(string location, string query) => location + (location.Contains('?') ? "&" : "?") + query;

    public static HttpContent Bytes(byte[] bytes)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return content;
    }

    /// <summary>The code of the first error in an answer.</summary>
    public static async Task<string?> CodeAsync(HttpResponseMessage answer)
    {
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync());
        return document.RootElement.GetProperty("errors")[0].GetProperty("code").GetString();
    }

    public void Dispose() => _http.Dispose();
}
