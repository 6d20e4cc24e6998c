using System.Text.Json.Serialization;

namespace Pier.Model.Distribution;

/// <summary>What a token server answers (Docker registry token authentication); either field may hold the token.</summary>
public sealed record TokenAnswer
{
    [JsonPropertyName("token")]
    public string? Token { get; init; }

    [JsonPropertyName("access_token")]
    public string? AccessToken { get; init; }

    /// <summary>Only where an identity token was asked for.</summary>
    [JsonPropertyName("refresh_token")]
    public string? RefreshToken { get; init; }

    /// <summary>Seconds; 60 where it is missing.</summary>
    [JsonPropertyName("expires_in")]
    public int? ExpiresIn { get; init; }

    [JsonPropertyName("issued_at")]
    public string? IssuedAt { get; init; }
}

/// <summary>The claims of a registry token (a JWT); Audience is a text or a list of texts.</summary>
public sealed record TokenClaims
{
    [JsonPropertyName("iss")]
    public string? Issuer { get; init; }

    [JsonPropertyName("sub")]
    public string? Subject { get; init; }

    [JsonPropertyName("aud")]
    public System.Text.Json.JsonElement Audience { get; init; }

    /// <summary>Seconds of the Unix epoch.</summary>
    [JsonPropertyName("exp")]
    public long? Expires { get; init; }

    [JsonPropertyName("nbf")]
    public long? NotBefore { get; init; }

    [JsonPropertyName("access")]
    public TokenAccess[]? Access { get; init; }
}

/// <summary>Actions ("pull", "push", "delete", "*") that a token allows on one thing ("repository" NAME, "registry" "catalog").</summary>
public sealed record TokenAccess
{
    [JsonPropertyName("type")]
    public string? Type { get; init; }

    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("actions")]
    public string[]? Actions { get; init; }
}

/// <summary>The head of a JWT: how it is signed and with which key.</summary>
public sealed record TokenHeader
{
    [JsonPropertyName("alg")]
    public string? Algorithm { get; init; }

    [JsonPropertyName("kid")]
    public string? KeyId { get; init; }
}
