using System.Net;

namespace Pier.Distribution.Transport;

/// <summary>What is worth another try, and when.</summary>
sealed class RetryPolicy(RegistryClientOptions options)
{
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30),
        LongestWish = TimeSpan.FromMinutes(2);

    public int MaxAttempts => options.MaxAttempts;

    /// <summary>The server, or something before it, may answer otherwise soon.</summary>
    public static bool IsTransient(HttpStatusCode status) =>
        status
            is HttpStatusCode.RequestTimeout
                or HttpStatusCode.TooManyRequests
                or HttpStatusCode.InternalServerError
                or HttpStatusCode.BadGateway
                or HttpStatusCode.ServiceUnavailable
                or HttpStatusCode.GatewayTimeout;

    /// <summary>The connection broke, or never came about.</summary>
    public static bool IsTransient(Exception error) =>
        error switch
        {
            HttpRequestException { InnerException: System.Security.Authentication.AuthenticationException } => false,
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => false,
            HttpRequestException { InnerException: Model.EngineException } => false,
            HttpRequestException or IOException or TimeoutException => true,
            _ => false,
        };

    /// <summary>
    /// Waits after the nth failure in a row (1, 2, ...): as long as the server asked for, or twice as long each time, with a tenth of
    /// chance.
    /// </summary>
    public Task PauseAsync(int failures, TimeSpan? wish, CancellationToken ct)
    {
        var doubled = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, options.FirstPause.Ticks << Math.Min(failures - 1, 16)));
        var pause = wish is { } asked ? (asked < LongestWish ? asked : LongestWish) : doubled + doubled * (Random.Shared.NextDouble() / 10);
        return Task.Delay(pause, ct);
    }

    /// <summary>How long an answer asks its client to wait, or null.</summary>
    public static TimeSpan? WishOf(HttpResponseMessage answer) =>
        answer.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } when date > DateTimeOffset.UtcNow => date - DateTimeOffset.UtcNow,
            _ => null,
        };
}
