using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Pier.CompatTests;

/// <summary>A daemon's answer: status, body as text, and as JSON where it is some.</summary>
public sealed record WireAnswer(int Status, string Text, string? ContentType)
{
    public JsonNode? Json =>
        ContentType?.StartsWith("application/json", StringComparison.Ordinal) == true && Text.Length > 0 ? JsonNode.Parse(Text) : null;

    /// <summary>The text of an error answer, or "".</summary>
    public string Message => Status >= 400 && Json is JsonObject error ? error["message"]?.GetValue<string>() ?? "" : "";
}

/// <summary>HTTP to a daemon's unix socket, without any client between.</summary>
public sealed class Wire : IDisposable
{
    readonly HttpClient _http;

    public Wire(string socket, int seconds = 60)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, ct) =>
            {
                var stream = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await stream.ConnectAsync(new UnixDomainSocketEndPoint(socket), ct);
                    return new NetworkStream(stream, ownsSocket: true);
                }
                catch
                {
                    stream.Dispose();
                    throw;
                }
            },
        };
        _http = new HttpClient(handler) { BaseAddress = new Uri("http://daemon"), Timeout = TimeSpan.FromSeconds(seconds) };
    }

    public Task<WireAnswer> GetAsync(string path) => SendAsync("GET", path);

    public Task<WireAnswer> PostAsync(string path, string? json = null) => SendAsync("POST", path, json);

    public Task<WireAnswer> DeleteAsync(string path) => SendAsync("DELETE", path);

    public async Task<WireAnswer> SendAsync(string method, string path, string? json = null)
    {
        using var content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        return await SendAsync(method, path, content);
    }

    public async Task<WireAnswer> SendAsync(string method, string path, HttpContent? content)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        using var answer = await _http.SendAsync(request);
        return new WireAnswer(
            (int)answer.StatusCode,
            await answer.Content.ReadAsStringAsync(),
            answer.Content.Headers.ContentType?.ToString()
        );
    }

    /// <summary>The same with a limit; of a long body only the beginning is read.</summary>
    public async Task<WireAnswer> StatusAsync(string method, string path, HttpContent? content, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        using var body = await answer.Content.ReadAsStreamAsync(ct);
        var text = new byte[4096];
        var length = (int)answer.StatusCode < 400 ? 0 : await body.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, ct);
        return new WireAnswer(
            (int)answer.StatusCode,
            Encoding.UTF8.GetString(text, 0, length),
            answer.Content.Headers.ContentType?.ToString()
        );
    }

    public async Task<byte[]> BytesAsync(string path) => await _http.GetByteArrayAsync(path);

    public void Dispose() => _http.Dispose();
}
