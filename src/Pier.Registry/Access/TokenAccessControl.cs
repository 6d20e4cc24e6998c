using System.Buffers.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Pier.Model.Distribution;

namespace Pier.Registry.Access;

/// <summary>Bearer tokens that say which actions they allow on which repository (Docker registry token authentication, RFC 7519).</summary>
sealed class TokenAccessControl(TokenOptions options, TimeProvider time) : IAccessControl
{
    const int MaxToken = 32 << 10;

    // Clocks of two machines differ.
    static readonly TimeSpan Leeway = TimeSpan.FromMinutes(1);

    readonly TokenKeys _keys = new(options.KeyFiles);

    public ValueTask<AccessDecision> DecideAsync(HttpRequest request, IReadOnlyList<TokenAccess> needed, CancellationToken ct)
    {
        var token = TokenOf(request);
        var claims = token is null ? null : Verified(token);
        if (claims is not null && needed.All(n => Allows(claims, n)))
            return ValueTask.FromResult(AccessDecision.Yes);
        var error =
            token is null ? null
            : claims is null ? "invalid_token"
            : "insufficient_scope";
        return ValueTask.FromResult(new AccessDecision(false, Challenge(needed, error)));
    }

    public ValueTask<bool> AlsoAllowsAsync(HttpRequest request, TokenAccess wanted, CancellationToken ct) =>
        ValueTask.FromResult(TokenOf(request) is { } token && Verified(token) is { } claims && Allows(claims, wanted));

    string Challenge(IReadOnlyList<TokenAccess> needed, string? error)
    {
        var scope = string.Join(' ', needed.Select(n => $"{n.Type}:{n.Name}:{string.Join(',', n.Actions!)}"));
        return $"Bearer realm=\"{options.Realm}\",service=\"{options.Service}\""
            + (scope.Length > 0 ? $",scope=\"{scope}\"" : "")
            + (error is null ? "" : $",error=\"{error}\"");
    }

    static string? TokenOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) && header.Length < MaxToken
            ? header["Bearer ".Length..].Trim()
            : null;
    }

    TokenClaims? Verified(string token)
    {
        var parts = token.Split('.');
        if (parts.Length != 3)
            return null;
        try
        {
            var header = JsonSerializer.Deserialize(Base64Url.DecodeFromChars(parts[0]), DistributionJson.Plain.TokenHeader);
            if (!_keys.Verify(header?.Algorithm, $"{parts[0]}.{parts[1]}", Base64Url.DecodeFromChars(parts[2])))
                return null;
            var claims = JsonSerializer.Deserialize(Base64Url.DecodeFromChars(parts[1]), DistributionJson.Plain.TokenClaims);
            return claims is not null && IsForUs(claims) && IsInTime(claims) ? claims : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    bool IsForUs(TokenClaims claims)
    {
        if (claims.Issuer != options.Issuer)
            return false;
        return claims.Audience.ValueKind switch
        {
            JsonValueKind.String => claims.Audience.GetString() == options.Service,
            JsonValueKind.Array => claims
                .Audience.EnumerateArray()
                .Any(a => a.ValueKind == JsonValueKind.String && a.GetString() == options.Service),
            _ => false,
        };
    }

    // A token without an end would be a password.
    bool IsInTime(TokenClaims claims)
    {
        var now = time.GetUtcNow();
        return claims.Expires is { } expires
            && now.ToUnixTimeSeconds() < (expires + Leeway.TotalSeconds)
            && (claims.NotBefore is not { } begin || now.ToUnixTimeSeconds() >= (begin - Leeway.TotalSeconds));
    }

    static bool Allows(TokenClaims claims, TokenAccess needed) =>
        needed.Actions!.All(action =>
            claims.Access?.Any(a =>
                a is not null
                && a.Type == needed.Type
                && a.Name == needed.Name
                && a.Actions is { } actions
                && (actions.Contains(action) || actions.Contains("*"))
            ) == true
        );
}
