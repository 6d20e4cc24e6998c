using System.Net;
using Pier.Distribution.Auth;
using Pier.Distribution.Credentials;
using Pier.Distribution.Hosts;
using Pier.Model;

namespace Pier.Distribution.Transport;

/// <summary>
/// One call's conversation with one place: authorized, tried again where that helps, and HTTP instead of HTTPS where that is allowed.
/// </summary>
sealed class RegistrySession(HostConnection connection, RegistryCredentials? credentials, RegistryClientOptions options)
{
    readonly TokenSource _tokens = new(connection.Transport, credentials);

    public RegistryHost Host => connection.Host;
    public HttpTransport Transport => connection.Transport;
    public TokenSource Tokens => _tokens;
    public RetryPolicy Retries { get; } = new(options);

    /// <summary>
    /// Sends what <paramref name="make"/> makes for an absolute address, until an answer comes that is no transient failure. 401 is
    /// answered with a token for the scopes. The caller judges the status.
    /// </summary>
    public async Task<HttpResponseMessage> SendAsync(string path, string scopes, Func<Uri, HttpRequestMessage> make, CancellationToken ct)
    {
        for (var failures = 1; ; failures++)
        {
            TimeSpan? wish = null;
            try
            {
                var answer = await SendOnceAsync(path, scopes, make, ct);
                if (!RetryPolicy.IsTransient(answer.StatusCode) || failures >= Retries.MaxAttempts)
                    return answer;
                wish = RetryPolicy.WishOf(answer);
                answer.Dispose();
            }
            catch (Exception e) when (RetryPolicy.IsTransient(e) && failures < Retries.MaxAttempts && !ct.IsCancellationRequested)
            {
                // Nobody listens there: waiting does not help, and a user waits for the answer.
                if (
                    e is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError }
                )
                    throw;
            }
            await Retries.PauseAsync(failures, wish, ct);
        }
    }

    /// <summary>One try, with its authorization.</summary>
    public async Task<HttpResponseMessage> SendOnceAsync(
        string path,
        string scopes,
        Func<Uri, HttpRequestMessage> make,
        CancellationToken ct
    )
    {
        var answer = await SendAuthorizedAsync(path, scopes, make, ct);
        if (answer.StatusCode != HttpStatusCode.Unauthorized || !answer.Headers.TryGetValues("WWW-Authenticate", out var headers))
            return answer;
        var challenges = headers.SelectMany(AuthChallenge.Parse).ToArray();
        connection.Challenges = challenges;
        if (answer.RequestMessage?.Headers.Authorization is { } refused)
        {
            // A password stays wrong; a token may have ended early.
            if (refused.Scheme != "Bearer")
                return answer;
            _tokens.Forget();
        }
        if (await _tokens.AuthorizeAsync(challenges, scopes, ct) is null)
            return answer;
        answer.Dispose();
        return await SendAuthorizedAsync(path, scopes, make, ct);
    }

    async Task<HttpResponseMessage> SendAuthorizedAsync(
        string path,
        string scopes,
        Func<Uri, HttpRequestMessage> make,
        CancellationToken ct
    )
    {
        var (address, tried) = (connection.Base, connection.IsKnown);
        try
        {
            var answer = await SendToAsync(new Uri(address, path), scopes, make, ct);
            connection.IsKnown = true;
            return answer;
        }
        catch (HttpRequestException) when (!tried && connection.Host.Insecure && address.Scheme == Uri.UriSchemeHttps)
        {
            var plain = new UriBuilder(address) { Scheme = Uri.UriSchemeHttp, Port = address.IsDefaultPort ? 80 : address.Port }.Uri;
            var answer = await SendToAsync(new Uri(plain, path), scopes, make, ct);
            (connection.Base, connection.IsKnown) = (plain, true);
            return answer;
        }
    }

    async Task<HttpResponseMessage> SendToAsync(Uri address, string scopes, Func<Uri, HttpRequestMessage> make, CancellationToken ct)
    {
        var request = make(address);
        request.Headers.TryAddWithoutValidation("User-Agent", options.UserAgent);
        // An upload may go on at another host: its address carries what it needs.
        if (connection.Transport.IsRegistry(request.RequestUri!))
        {
            if (connection.Challenges is { } challenges)
                request.Headers.Authorization = await _tokens.AuthorizeAsync(challenges, scopes, ct);
        }
        else
        {
            connection.Transport.Check(request.RequestUri!);
        }
        if (request.Content is not null and not ByteArrayContent)
            return await connection.Transport.SendAsync(request, ct);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(options.StallLimit);
        try
        {
            return await connection.Transport.SendAsync(request, limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"{connection.Host} did not answer within {options.StallLimit.TotalSeconds} s");
        }
    }

    public static HttpRequestMessage Get(Uri address) => new(HttpMethod.Get, address);

    public static string PullScope(string repository) => $"repository:{repository}:pull";

    public static string PushScope(string repository) => $"repository:{repository}:pull,push";
}
