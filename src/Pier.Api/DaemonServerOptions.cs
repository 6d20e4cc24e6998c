namespace Pier.Api;

/// <summary>Where and how the API listens.</summary>
public sealed record DaemonServerOptions
{
    /// <summary>Addresses as -H takes them: unix:///path, tcp://host:port.</summary>
    public required IReadOnlyList<string> Hosts { get; init; }

    /// <summary>Pier's version as answered to clients.</summary>
    public required string Version { get; init; }

    /// <summary>The source revision as answered to clients.</summary>
    public string Revision { get; init; } = "";

    /// <summary>Whether tcp:// on a loopback address may be served without TLS. Other addresses never may.</summary>
    public bool AllowInsecureLoopback { get; init; }

    /// <summary>TLS for tcp://; null for none.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>
    /// Called with each unix socket's path once it exists, to hand it to the group that may use it: the Api makes no system calls of
    /// its own. The socket's mode is 0660 by then.
    /// </summary>
    public Action<string>? AssignSocketGroup { get; init; }

    /// <summary>One line for each thing the operator should know.</summary>
    public Action<string>? Log { get; init; }
}

/// <summary>PEM files of the daemon's certificate; with <see cref="ClientAuthority"/> clients must show one signed by it.</summary>
public sealed record TlsOptions(string Certificate, string Key, string? ClientAuthority);
