using Microsoft.AspNetCore.Http;
using Pier.Model.Distribution;

namespace Pier.Registry.Access;

/// <summary>Who may do what.</summary>
interface IAccessControl
{
    /// <summary>Whether a request's credentials allow everything that is needed.</summary>
    ValueTask<AccessDecision> DecideAsync(HttpRequest request, IReadOnlyList<TokenAccess> needed, CancellationToken ct);

    /// <summary>Of what could be had besides: whether the credentials allow it already. A client is never challenged for it.</summary>
    ValueTask<bool> AlsoAllowsAsync(HttpRequest request, TokenAccess wanted, CancellationToken ct);
}

/// <summary>Allowed, or not, with the WWW-Authenticate header that tells a client how it could be.</summary>
readonly record struct AccessDecision(bool Allowed, string? Challenge)
{
    public static AccessDecision Yes { get; } = new(true, null);
}
