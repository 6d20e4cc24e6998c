using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Pier.Distribution.Credentials;
using Pier.Distribution.Transport;
using Pier.Model;
using Pier.Model.Distribution;

namespace Pier.Distribution.Auth;

/// <summary>
/// Turns a registry's challenge and a user's credentials into Authorization headers for one call, and keeps tokens until shortly before
/// they end.
/// </summary>
sealed class TokenSource(HttpTransport transport, RegistryCredentials? credentials)
{
    const int MaxAnswer = 1 << 20;
    const string ClientId = "docker";
    static readonly TimeSpan ShortestLife = TimeSpan.FromSeconds(60),
        Margin = TimeSpan.FromSeconds(10);

    readonly SemaphoreSlim _gate = new(1);
    readonly Dictionary<string, (string Token, long Until)> _tokens = [];

    /// <summary>The header for scopes ("repository:NAME:pull", separated by spaces), or null where a challenge cannot be met.</summary>
    public async Task<AuthenticationHeaderValue?> AuthorizeAsync(
        IReadOnlyList<AuthChallenge> challenges,
        string scopes,
        CancellationToken ct
    )
    {
        if (credentials?.RegistryToken is { Length: > 0 } whole)
            return new AuthenticationHeaderValue("Bearer", whole);
        if (challenges.FirstOrDefault(c => c.IsBearer) is { } bearer)
            return new AuthenticationHeaderValue("Bearer", await TokenAsync(bearer, scopes, ct));
        return challenges.Any(c => c.IsBasic) && credentials is { Username.Length: > 0 } ? Basic(credentials) : null;
    }

    /// <summary>
    /// Asks for an identity token, as a login does; null where the server gives none. Throws <see cref="UnauthorizedException"/>.
    /// </summary>
    public async Task<string?> LoginAsync(AuthChallenge bearer, CancellationToken ct) =>
        (await FetchAsync(bearer, "", offline: true, ct)).RefreshToken;

    /// <summary>Drops every token: one was refused.</summary>
    public void Forget()
    {
        lock (_tokens)
            _tokens.Clear();
    }

    async Task<string> TokenAsync(AuthChallenge bearer, string scopes, CancellationToken ct)
    {
        var key = $"{bearer["realm"]}\n{bearer["service"]}\n{scopes}";
        await _gate.WaitAsync(ct);
        try
        {
            lock (_tokens)
            {
                if (_tokens.TryGetValue(key, out var kept) && Environment.TickCount64 < kept.Until)
                    return kept.Token;
            }
            var answer = await FetchAsync(bearer, scopes, offline: false, ct);
            var token = answer.Token is { Length: > 0 } ? answer.Token : answer.AccessToken;
            if (string.IsNullOrEmpty(token) || token.AsSpan().ContainsAny('\r', '\n'))
                throw new UnauthorizedException("authorization server did not include a token in the response");
            var life = TimeSpan.FromSeconds(Math.Clamp(answer.ExpiresIn ?? 0, 0, 86400));
            if (life < ShortestLife)
                life = ShortestLife;
            lock (_tokens)
                _tokens[key] = (token, Environment.TickCount64 + (long)(life - Margin).TotalMilliseconds);
            return token;
        }
        finally
        {
            _gate.Release();
        }
    }

    async Task<TokenAnswer> FetchAsync(AuthChallenge bearer, string scopes, bool offline, CancellationToken ct)
    {
        if (!Uri.TryCreate(bearer["realm"], UriKind.Absolute, out var realm))
            throw new UnauthorizedException("the registry asks for a token but names no token server");
        transport.Check(realm);
        using var request = credentials?.IdentityToken is { Length: > 0 } identity
            ? Refresh(realm, bearer, scopes, identity)
            : Get(realm, bearer, scopes, offline);
        using var answer = await transport.SendAsync(request, ct);
        if (!answer.IsSuccessStatusCode)
            throw await RefusedAsync(answer, ct);
        try
        {
            var body = await BoundedBody.ReadAsync(answer, MaxAnswer, ct);
            return JsonSerializer.Deserialize(body, DistributionJson.Plain.TokenAnswer) ?? new TokenAnswer();
        }
        catch (JsonException e)
        {
            throw new UnauthorizedException("unable to decode token response", e);
        }
    }

    HttpRequestMessage Get(Uri realm, AuthChallenge bearer, string scopes, bool offline)
    {
        var query = new StringBuilder(realm.Query.TrimStart('?'));
        Add(query, "service", bearer["service"]);
        foreach (var scope in scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            Add(query, "scope", scope);
        if (offline)
        {
            Add(query, "offline_token", "true");
            Add(query, "client_id", ClientId);
        }
        if (credentials is { Username.Length: > 0 })
            Add(query, "account", credentials.Username);
        var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(realm) { Query = query.ToString() }.Uri);
        if (credentials is { Username.Length: > 0 })
            request.Headers.Authorization = Basic(credentials);
        return request;
    }

    // OAuth2, RFC 6749 section 6.
    static HttpRequestMessage Refresh(Uri realm, AuthChallenge bearer, string scopes, string identity)
    {
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "refresh_token",
            ["refresh_token"] = identity,
            ["client_id"] = ClientId,
            ["service"] = bearer["service"] ?? "",
            ["scope"] = scopes,
        };
        return new HttpRequestMessage(HttpMethod.Post, realm) { Content = new FormUrlEncodedContent(form) };
    }

    static async Task<Exception> RefusedAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        var failure = await RegistryFailure.OfAsync(answer, ct);
        return answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.BadRequest
            ? new UnauthorizedException(failure.Code is null ? "unauthorized: incorrect username or password" : failure.Message)
            : failure;
    }

    static AuthenticationHeaderValue Basic(RegistryCredentials credentials) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credentials.Username}:{credentials.Password}")));

    static void Add(StringBuilder query, string name, string? value)
    {
        if (string.IsNullOrEmpty(value))
            return;
        if (query.Length > 0)
            query.Append('&');
        query.Append(name).Append('=').Append(Uri.EscapeDataString(value));
    }
}
