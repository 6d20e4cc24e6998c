using System.Text;
using System.Text.Json;
using Pier.Api.Http;
using Pier.Model;

namespace Pier.Api.Images;

/// <summary>The platform parameter: OCI's platform as JSON (save, load, push, inspect, history, remove).</summary>
static class PlatformQuery
{
    /// <param name="since">The minor version of the API that brought the parameter to an endpoint; before it, it is not read.</param>
    public static Platform? Read(ApiRequest request, int since)
    {
        if (request.Version.IsBefore(since) || request.Query.Text("platform") is not { } text)
            return null;
        return Of(text);
    }

    /// <exception cref="InvalidParameterException">It is no platform as JSON.</exception>
    public static Platform Of(string text)
    {
        try
        {
            var platform = JsonSerializer.Deserialize(text, ImageJson.Plain.Platform);
            return platform is { Os.Length: > 0, Architecture.Length: > 0 }
                ? platform
                : throw new InvalidParameterException("failed to parse platform: os and architecture are needed");
        }
        catch (JsonException e)
        {
            throw new InvalidParameterException("failed to parse platform: " + JsonFault.Of(e, Encoding.UTF8.GetBytes(text)), e);
        }
    }
}
