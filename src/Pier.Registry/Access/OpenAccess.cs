using Microsoft.AspNetCore.Http;
using Pier.Model;
using Pier.Model.Distribution;

namespace Pier.Registry.Access;

/// <summary>Everybody may do everything.</summary>
sealed class OpenAccess : IAccessControl
{
    public ValueTask<AccessDecision> DecideAsync(HttpRequest request, IReadOnlyList<TokenAccess> needed, CancellationToken ct) =>
        ValueTask.FromResult(AccessDecision.Yes);

    public ValueTask<bool> AlsoAllowsAsync(HttpRequest request, TokenAccess wanted, CancellationToken ct) => ValueTask.FromResult(true);
}

/// <summary>Chooses by the options.</summary>
static class AccessControls
{
    public static IAccessControl Of(RegistryOptions options, TimeProvider time) =>
        (options.Htpasswd, options.Token) switch
        {
            (null, null) => new OpenAccess(),
            ({ } file, null) => new HtpasswdAccess(file, options.Realm),
            (null, { } token) => new TokenAccessControl(token, time),
            _ => throw new InvalidParameterException("htpasswd and token authentication exclude each other"),
        };
}
