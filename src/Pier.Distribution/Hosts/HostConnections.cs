using System.Collections.Concurrent;
using Pier.Distribution.Auth;
using Pier.Distribution.Transport;

namespace Pier.Distribution.Hosts;

/// <summary>What is known of a place once it was spoken to: its connections, whether it speaks TLS, and how it wants to be asked.</summary>
sealed class HostConnection(RegistryHost host, HttpTransport transport)
{
    public RegistryHost Host => host;
    public HttpTransport Transport => transport;

    /// <summary>Where requests go; an insecure registry's moves from https to http when only that answers.</summary>
    public Uri Base { get; set; } = host.Base;

    /// <summary>Whether the scheme was found out.</summary>
    public bool IsKnown { get; set; }

    /// <summary>The challenges of its last refusal; with them a token can be had before it is asked for.</summary>
    public IReadOnlyList<AuthChallenge>? Challenges { get; set; }
}

/// <summary>The connections of a client, kept between calls.</summary>
sealed class HostConnections(RegistryClientOptions options) : IDisposable
{
    readonly ConcurrentDictionary<RegistryHost, Lazy<HostConnection>> _known = [];

    public HostConnection Of(RegistryHost host) => _known.GetOrAdd(host, h => new Lazy<HostConnection>(() => Open(h))).Value;

    HostConnection Open(RegistryHost host) =>
        new(host, new HttpTransport(host, CertificateDirectory.Read(options.CertificateDirectory, host.Name)));

    public void Dispose()
    {
        foreach (var connection in _known.Values.Where(c => c.IsValueCreated))
            connection.Value.Transport.Dispose();
    }
}
