using System.Net;
using System.Security.Authentication;
using Pier.Distribution.Hosts;
using Pier.Distribution.Transport;
using Pier.Model;
using Pier.Model.Distribution;

namespace Pier.Distribution;

/// <summary>The room's border: what a registry and the network said becomes what a Docker user knows.</summary>
static class Translation
{
    /// <summary>
    /// Runs a call about a repository (null: about the registry); everything but EngineExceptions and cancellation is translated.
    /// </summary>
    public static async Task<T> CrossAsync<T>(RegistryHost host, string? repository, Func<Task<T>> call, CancellationToken ct)
    {
        try
        {
            return await call();
        }
        catch (Exception e)
            when (e is RegistryFailure or HttpRequestException or IOException or TimeoutException or OperationCanceledException
                && !ct.IsCancellationRequested
            )
        {
            throw Of(e, host, repository);
        }
    }

    static EngineException Of(Exception e, RegistryHost host, string? repository) =>
        e switch
        {
            RegistryFailure failure => Of(failure, repository),
            HttpRequestException { InnerException: EngineException inner } => inner,
            HttpRequestException { InnerException: AuthenticationException tls } => new UnavailableException(
                $"Get \"{host}/v2/\": tls: failed to verify certificate: {tls.Message}",
                e
            ),
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => new UnavailableException(
                $"Get \"{host}/v2/\": dial tcp: lookup {host.Base.Host}: no such host",
                e
            ),
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => new UnavailableException(
                $"Get \"{host}/v2/\": dial tcp {host.Base.Authority}: connect: connection refused",
                e
            ),
            _ => new UnavailableException($"{host}: {e.Message}", e),
        };

    static EngineException Of(RegistryFailure failure, string? repository)
    {
        if (failure.Code == RegistryErrorCode.TooManyRequests || failure.Status == HttpStatusCode.TooManyRequests)
            return new UnavailableException(failure.Code is null ? $"toomanyrequests: {failure.Message}" : failure.Message, failure);
        if (failure.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            // A registry does not tell whether a private repository exists.
            return repository is null
                ? new UnauthorizedException(failure.Message, failure)
                : new NotFoundException(
                    $"pull access denied for {repository}, repository does not exist or may require 'docker login': {failure.Message}",
                    failure
                );
        }
        if (failure.Code == RegistryErrorCode.NameUnknown)
            return new NotFoundException($"repository {repository} not found: {failure.Message}", failure);
        if (failure.Status == HttpStatusCode.NotFound)
            return new NotFoundException(failure.Message, failure);
        if (failure.Code is RegistryErrorCode.ManifestInvalid or RegistryErrorCode.DigestInvalid or RegistryErrorCode.NameInvalid)
            return new InvalidParameterException(failure.Message, failure);
        return new UnavailableException(failure.Message, failure);
    }
}
