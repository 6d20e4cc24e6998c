using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Pier.Distribution.Hosts;
using Pier.Model;

namespace Pier.Distribution.Transport;

/// <summary>
/// The connections for one registry: to itself, and to where it sends. Redirects are followed here and not by the handler: a header with
/// credentials goes to the host that it was made for and to no other (CVE-2020-15157), and TLS is never given up on the way.
/// </summary>
sealed class HttpTransport : IDisposable
{
    const int MaxRedirects = 5;
    static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(15),
        IdleLimit = TimeSpan.FromMinutes(2);

    readonly RegistryHost _host;
    readonly HttpMessageInvoker _registry,
        _elsewhere;
    readonly AddressPolicy _policy = new();

    public HttpTransport(RegistryHost host, RegistryCertificates? certificates)
    {
        _host = host;
        _registry = new HttpMessageInvoker(Handler(isRegistry: true, certificates));
        // A client certificate is as much a credential as a password.
        _elsewhere = new HttpMessageInvoker(Handler(isRegistry: false, certificates is null ? null : certificates with { Client = [] }));
    }

    /// <summary>Sends to the registry or, for another host's address, there; follows redirects of reading requests.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        for (var hops = 0; ; hops++)
        {
            var answer = await InvokerFor(request.RequestUri!).SendAsync(request, ct);
            if (!IsRedirect(answer.StatusCode) || answer.Headers.Location is not { } location)
                return answer;
            using (answer)
            {
                if (request.Method != HttpMethod.Get && request.Method != HttpMethod.Head)
                    throw new ForbiddenException($"{_host} redirected a {request.Method}: refused");
                if (hops == MaxRedirects)
                    throw new UnavailableException($"{_host}: stopped after {MaxRedirects} redirects");
                request = Redirected(request, new Uri(request.RequestUri!, location));
            }
        }
    }

    static bool IsRedirect(HttpStatusCode status) =>
        status
            is HttpStatusCode.MovedPermanently
                or HttpStatusCode.Found
                or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect
                or HttpStatusCode.PermanentRedirect;

    HttpRequestMessage Redirected(HttpRequestMessage request, Uri target)
    {
        Check(target);
        var next = new HttpRequestMessage(request.Method, target) { Version = request.Version };
        foreach (var header in request.Headers)
            if (!header.Key.Equals("Authorization", StringComparison.OrdinalIgnoreCase) || IsSameHost(request.RequestUri!, target))
                next.Headers.TryAddWithoutValidation(header.Key, header.Value);
        return next;
    }

    /// <summary>Whether a place that the registry named may be asked at all; throws <see cref="ForbiddenException"/>.</summary>
    public void Check(Uri target)
    {
        if (target.Scheme != Uri.UriSchemeHttps && target.Scheme != Uri.UriSchemeHttp)
            throw new ForbiddenException($"{_host} sent us to a {target.Scheme} address: refused");
        if (target.Scheme == Uri.UriSchemeHttp && !_host.Insecure)
            throw new ForbiddenException($"{_host} sent us from https to http: refused");
        if (target.UserInfo.Length > 0)
            throw new ForbiddenException($"{_host} sent us to an address with credentials in it: refused");
    }

    public bool IsRegistry(Uri uri) => uri.Host == _host.Base.Host && uri.Port == _host.Base.Port || IsPlainRegistry(uri);

    // An insecure registry may be found on its HTTP port.
    bool IsPlainRegistry(Uri uri) =>
        _host is { Insecure: true, Base.IsDefaultPort: true }
        && uri.Host == _host.Base.Host
        && uri is { Scheme: "http", IsDefaultPort: true };

    static bool IsSameHost(Uri a, Uri b) => a.Scheme == b.Scheme && a.Host == b.Host && a.Port == b.Port;

    HttpMessageInvoker InvokerFor(Uri uri) => IsRegistry(uri) ? _registry : _elsewhere;

    SocketsHttpHandler Handler(bool isRegistry, RegistryCertificates? certificates) =>
        new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // As in Go's clients: what the environment names as proxy is not for this machine's own servers.
            UseProxy = !_host.Base.IsLoopback,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = ConnectLimit,
            PooledConnectionIdleTimeout = IdleLimit,
            SslOptions = Tls(certificates),
            // A proxy of the environment connects for us; then only the names can be judged.
            ConnectCallback = (context, ct) => _policy.ConnectAsync(context.DnsEndPoint, isRegistry || IsProxy(context), ct),
        };

    static bool IsProxy(SocketsHttpConnectionContext context) =>
        context.InitialRequestMessage.RequestUri is { } uri
        && (uri.IdnHost.Trim('[', ']') != context.DnsEndPoint.Host.Trim('[', ']') || uri.Port != context.DnsEndPoint.Port);

    SslClientAuthenticationOptions Tls(RegistryCertificates? certificates)
    {
        var tls = new SslClientAuthenticationOptions();
        if (certificates is { Client.Count: > 0 })
            tls.ClientCertificates = certificates.Client;
        if (_host.Insecure)
            tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        else if (certificates is { Authorities.Count: > 0 })
            tls.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                errors == SslPolicyErrors.None || IsTrusted(certificate, chain, errors, certificates.Authorities);
        return tls;
    }

    static bool IsTrusted(X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors, X509Certificate2Collection authorities)
    {
        if (certificate is not X509Certificate2 leaf || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0)
            return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        foreach (var element in sent?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        return chain.Build(leaf);
    }

    public void Dispose()
    {
        _registry.Dispose();
        _elsewhere.Dispose();
    }
}
