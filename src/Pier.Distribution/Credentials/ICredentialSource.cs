namespace Pier.Distribution.Credentials;

/// <summary>
/// Knows a registry's credentials. A host is "docker.io" or "registry.example:5000"; nobody's credentials are ever offered to another host.
/// </summary>
public interface ICredentialSource
{
    /// <summary>The credentials of exactly this registry, or null.</summary>
    ValueTask<RegistryCredentials?> FindAsync(string host, CancellationToken ct);
}

/// <summary>A user's name and password, or an identity token (an OAuth2 refresh token), or a bearer token as it is.</summary>
public sealed record RegistryCredentials
{
    public string Username { get; init; } = "";
    public string Password { get; init; } = "";
    public string? IdentityToken { get; init; }
    public string? RegistryToken { get; init; }

    /// <summary>Secrets do not belong into logs.</summary>
    public override string ToString() => $"credentials of {(Username.Length > 0 ? Username : "a token")}";
}

/// <summary>The credentials that came with one call (X-Registry-Auth), for the one registry of the call.</summary>
public sealed class CallCredentials(string host, RegistryCredentials? credentials) : ICredentialSource
{
    public ValueTask<RegistryCredentials?> FindAsync(string asked, CancellationToken ct) =>
        ValueTask.FromResult(asked == host ? credentials : null);
}
