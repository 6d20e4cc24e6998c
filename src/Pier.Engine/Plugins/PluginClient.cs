using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Pier.Model;

namespace Pier.Engine.Plugins;

/// <summary>
/// Talks Docker's plugin protocol: a POST of JSON a call, an answer with "Err" where it failed. A plugin is another program: answers are
/// bounded in size, calls in time, and what it complains about is told as its own words.
/// </summary>
sealed class PluginClient : IDisposable
{
    const string MediaType = "application/vnd.docker.plugins.v1.1+json";
    const int GreatestAnswer = 1 << 20;
    static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(10);

    readonly HttpClient _http;
    readonly string _name;

    PluginClient(PluginAddress plugin)
    {
        _name = plugin.Name;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = ConnectPatience,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5),
        };
        if (plugin.Address.Scheme == "unix")
            handler.ConnectCallback = (_, ct) => ConnectAsync(plugin.Address.LocalPath, ct);
        if (plugin.Tls is { } tls)
            handler.SslOptions = Options(tls);
        _http = new HttpClient(handler)
        {
            BaseAddress = Base(plugin),
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = GreatestAnswer,
        };
    }

    /// <summary>What the plugin says it is: "VolumeDriver", "NetworkDriver", ...</summary>
    public IReadOnlyList<string> Implements { get; private set; } = [];

    /// <summary>Connects and shakes hands (/Plugin.Activate). Throws where nobody answers.</summary>
    public static PluginClient Activate(PluginAddress plugin)
    {
        var client = new PluginClient(plugin);
        try
        {
            client.Implements =
                client
                    .Post(
                        "Plugin.Activate",
                        new EmptyObject(),
                        PluginJson.Default.EmptyObject,
                        PluginJson.Default.Activation,
                        ConnectPatience
                    )
                    .Implements
                ?? [];
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>One call; throws <see cref="HostFailureException"/> with the plugin's own words where it fails.</summary>
    public TAnswer Post<TRequest, TAnswer>(
        string method,
        TRequest request,
        JsonTypeInfo<TRequest> requestType,
        JsonTypeInfo<TAnswer> answerType,
        TimeSpan patience
    )
        where TAnswer : PluginAnswer
    {
        using var timeout = new CancellationTokenSource(patience);
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, method)
            {
                Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(request, requestType)),
            };
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            message.Headers.Accept.ParseAdd(MediaType);
            using var response = _http.Send(message, HttpCompletionOption.ResponseContentRead, timeout.Token);
            using var body = response.Content.ReadAsStream(timeout.Token);
            if (response.StatusCode == HttpStatusCode.NotFound)
                throw new HostFailureException($"{_name}: {method}: the plugin does not know this call");
            var answer = JsonSerializer.Deserialize(body, answerType);
            if (answer?.Err is { Length: > 0 } error)
                throw new HostFailureException($"VolumeDriver.{method[(method.LastIndexOf('.') + 1)..]}: {error}");
            if (!response.IsSuccessStatusCode || answer is null)
                throw new HostFailureException($"{_name}: {method}: status {(int)response.StatusCode}");
            return answer;
        }
        catch (OperationCanceledException e)
        {
            throw new HostFailureException($"{_name}: {method}: the plugin did not answer within {patience.TotalSeconds:0} s", e);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException)
        {
            throw new HostFailureException($"{_name}: {method}: {e.Message}", e);
        }
    }

    static async ValueTask<Stream> ConnectAsync(string path, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    static Uri Base(PluginAddress plugin) =>
        plugin.Address.Scheme switch
        {
            "unix" => new Uri("http://plugin/"),
            "tcp" => new Uri($"{(plugin.Tls is null ? "http" : "https")}://{plugin.Address.Authority}/"),
            _ => new Uri($"{plugin.Address.Scheme}://{plugin.Address.Authority}/"),
        };

    static SslClientAuthenticationOptions Options(PluginTls tls)
    {
        var options = new SslClientAuthenticationOptions();
        if (tls is { CertFile: { Length: > 0 } certificate, KeyFile: { Length: > 0 } key })
            options.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, key)];
        if (tls.CaFile is { Length: > 0 } authorities)
        {
            var chain = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            chain.CustomTrustStore.ImportFromPemFile(authorities);
            options.CertificateChainPolicy = chain;
        }
        // The administrator's own word in the plugin's file.
        if (tls.InsecureSkipVerify)
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        return options;
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>Every answer of a plugin: Err is empty where the call went well.</summary>
record PluginAnswer
{
    public string? Err { get; init; }
}

/// <summary>/Plugin.Activate.</summary>
sealed record Activation : PluginAnswer
{
    public string[]? Implements { get; init; }
}

[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(EmptyObject))]
[JsonSerializable(typeof(Activation))]
sealed partial class PluginJson : JsonSerializerContext;
