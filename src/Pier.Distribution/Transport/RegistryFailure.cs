using System.Net;
using System.Text.Json;
using Pier.Model.Distribution;

namespace Pier.Distribution.Transport;

/// <summary>A registry's refusal, as it said it. Translated at the room's border.</summary>
sealed class RegistryFailure(HttpStatusCode status, string? code, string message, TimeSpan? retryAfter = null) : Exception(message)
{
    const int MaxBody = 64 << 10;

    public HttpStatusCode Status { get; } = status;

    /// <summary>The first error's code, or null.</summary>
    public string? Code { get; } = code;

    /// <summary>How long the registry asks its clients to wait, or null.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>Reads an answer's reasons; whatever is no error document is left alone.</summary>
    public static async Task<RegistryFailure> OfAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        var (status, request) = (answer.StatusCode, answer.RequestMessage);
        try
        {
            var body = await BoundedBody.ReadAsync(answer, MaxBody, ct);
            var errors = JsonSerializer.Deserialize(body, DistributionJson.Plain.RegistryErrors)?.Errors;
            if (errors is { Length: > 0 })
                return new RegistryFailure(
                    status,
                    errors[0]?.Code,
                    string.Join("\n", errors.Select(e => $"{e?.Code?.ToLowerInvariant().Replace('_', ' ')}: {Clean(e?.Message)}")),
                    RetryPolicy.WishOf(answer)
                );
        }
        catch (Exception e) when (e is JsonException or Model.EngineException or IOException or HttpRequestException)
        {
            // The status alone must do.
        }
        var what = $"{request?.Method} \"{request?.RequestUri?.GetLeftPart(UriPartial.Path)}\"";
        var message = $"{what}: unexpected status from the registry: {(int)status} {answer.ReasonPhrase}";
        return new RegistryFailure(status, null, message, RetryPolicy.WishOf(answer));
    }

    // What a stranger says goes to terminals.
    static string Clean(string? text) => new((text ?? "").Where(c => !char.IsControl(c)).Take(1000).ToArray());
}
