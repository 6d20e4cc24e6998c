using System.Text.Json.Serialization;

namespace Pier.Contracts;

/// <summary>Credentials of a registry: the body of POST /auth, and (base64url) the X-Registry-Auth header.</summary>
public sealed record AuthConfig
{
    [JsonPropertyName("username")]
    public string? Username { get; init; }

    [JsonPropertyName("password")]
    public string? Password { get; init; }

    /// <summary>base64 of "username:password", in place of the two.</summary>
    [JsonPropertyName("auth")]
    public string? Auth { get; init; }

    [JsonPropertyName("serveraddress")]
    public string? ServerAddress { get; init; }

    [JsonPropertyName("identitytoken")]
    public string? IdentityToken { get; init; }

    [JsonPropertyName("registrytoken")]
    public string? RegistryToken { get; init; }
}

/// <summary>The answer of POST /auth.</summary>
public sealed record AuthResponse(string Status, string IdentityToken);
