using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Pier.Model;

namespace Pier.Build.Sources.Http;

/// <summary>
/// GET for builds: redirects are followed here (at most ten, never from https to http), each to an allowed address, and a password in the
/// address goes to the host
/// that it stands before and to no other.
/// </summary>
sealed class HttpFetcher : IDisposable
{
    const int MaxRedirects = 10;
    static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(30);
    static readonly HttpRequestOptionsKey<bool> IsRedirect = new("pier.redirect");

    readonly RemoteAddressPolicy _policy = new();
    readonly HttpMessageInvoker _invoker;

    public HttpFetcher() =>
        _invoker = new HttpMessageInvoker(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                AutomaticDecompression = DecompressionMethods.None,
                ConnectTimeout = ConnectLimit,
                ConnectCallback = ConnectAsync,
                // One policy a fetch: no connection of another one's is used again.
                PooledConnectionLifetime = TimeSpan.Zero,
            }
        );

    /// <summary>
    /// The answer to a GET after redirects, of any status, and where it came from at last. Throws the EngineException family.
    /// </summary>
    public async Task<(HttpResponseMessage Answer, Uri Final)> GetAsync(
        Uri address,
        Action<HttpRequestHeaders> headers,
        CancellationToken ct
    )
    {
        var (current, credentials) = Parted(address);
        for (var hops = 0; ; hops++)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, current) { Version = HttpVersion.Version11 };
            request.Options.Set(IsRedirect, hops > 0);
            request.Headers.UserAgent.ParseAdd("pier");
            if (credentials is not null)
                request.Headers.Authorization = credentials;
            headers(request.Headers);
            var answer = await SendAsync(request, current, ct);
            if ((int)answer.StatusCode is not (301 or 302 or 303 or 307 or 308) || answer.Headers.Location is not { } location)
                return (answer, current);
            answer.Dispose();
            if (hops == MaxRedirects)
                throw new UnavailableException($"{Shown(address)}: stopped after {MaxRedirects} redirects");
            var (next, _) = Parted(new Uri(current, location));
            if (next.Scheme is not ("http" or "https") || current.Scheme == "https" && next.Scheme == "http")
                throw new ForbiddenException($"{Shown(address)} sent us from {current.Scheme} to {next.Scheme}: refused");
            if (next.Host != current.Host || next.Port != current.Port)
                credentials = null;
            current = next;
        }
    }

    async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, Uri address, CancellationToken ct)
    {
        try
        {
            return await _invoker.SendAsync(request, ct);
        }
        catch (HttpRequestException e) when (e.InnerException is EngineException inner)
        {
            throw new ForbiddenException($"{Shown(address)}: {inner.Message}", e);
        }
        catch (Exception e)
            when (e is HttpRequestException or IOException or SocketException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            throw new UnavailableException($"failed to fetch {Shown(address)}: {e.Message}", e);
        }
    }

    async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var end = context.DnsEndPoint;
        context.InitialRequestMessage.Options.TryGetValue(IsRedirect, out var isRedirect);
        // A proxy of the environment connects for us: then it is the one to judge names.
        var target = context.InitialRequestMessage.RequestUri!;
        var isProxy = target.IdnHost.Trim('[', ']') != end.Host.Trim('[', ']') || target.Port != end.Port;
        var addresses = isProxy ? await Dns.GetHostAddressesAsync(end.Host, ct) : await _policy.ResolveAsync(end.Host, isRedirect, ct);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, end.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    static (Uri Address, AuthenticationHeaderValue? Credentials) Parted(Uri address)
    {
        if (address.UserInfo.Length == 0)
            return (address, null);
        var credentials = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(address.UserInfo)))
        );
        return (new UriBuilder(address) { UserName = "", Password = "" }.Uri, credentials);
    }

    /// <summary>An address without the password that may stand in it.</summary>
    public static string Shown(Uri address) =>
        address.GetComponents(UriComponents.HttpRequestUrl & ~UriComponents.Query, UriFormat.UriEscaped);

    public void Dispose() => _invoker.Dispose();
}
