namespace Pier.Distribution.Hosts;

/// <summary>One place that answers for a registry.</summary>
/// <param name="Name">What credentials are kept under: "docker.io", "registry.example:5000", a mirror's own host.</param>
/// <param name="Base">Scheme, host and port, and a path where a mirror has one; ends in a slash.</param>
/// <param name="Insecure">Certificates are not checked, and HTTP is tried where HTTPS does not answer.</param>
/// <param name="IsMirror">It is asked first, and passed over when it fails.</param>
sealed record RegistryHost(string Name, Uri Base, bool Insecure, bool IsMirror)
{
    /// <summary>"https://host:port" for messages.</summary>
    public override string ToString() => Base.GetLeftPart(UriPartial.Authority);
}

/// <summary>Knows where registries are.</summary>
sealed class HostDirectory(RegistryClientOptions options)
{
    const string Hub = "docker.io";

    readonly InsecureRegistries _insecure = new(options.InsecureRegistries);

    /// <summary>The places for reading a registry's images, in the order in which they are asked.</summary>
    public IReadOnlyList<RegistryHost> ForPull(string domain) =>
        domain == Hub ? [.. options.Mirrors.Select(Mirror), ForPush(domain)] : [ForPush(domain)];

    /// <summary>The registry itself.</summary>
    public RegistryHost ForPush(string domain) =>
        domain == Hub
            ? Of(Hub, options.HubRegistry, isMirror: false)
            : new RegistryHost(domain, new Uri($"https://{domain}/"), _insecure.Contains(domain), IsMirror: false);

    /// <summary>Where a registry searches.</summary>
    public RegistryHost ForSearch(string domain) => domain == Hub ? Of(Hub, options.HubIndex, isMirror: false) : ForPush(domain);

    RegistryHost Mirror(string url)
    {
        var uri = new Uri(url.EndsWith('/') ? url : url + "/");
        return Of(uri.IsDefaultPort ? uri.Host : $"{uri.Host}:{uri.Port}", url, isMirror: true);
    }

    // A URL that says http is meant so.
    RegistryHost Of(string name, string url, bool isMirror)
    {
        var uri = new Uri(url.EndsWith('/') ? url : url + "/");
        return new RegistryHost(name, uri, uri.Scheme == Uri.UriSchemeHttp || _insecure.Contains(uri.Authority), isMirror);
    }
}
