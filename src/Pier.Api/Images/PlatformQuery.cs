using System.Text.Json;
using Pier.Api.Http;
using Pier.Model;

namespace Pier.Api.Images;

/// <summary>The platform parameter: OCI's platform as JSON (save, load, push, inspect, history), or "os/arch/variant".</summary>
static class PlatformQuery
{
    public static Platform? Read(ApiRequest request)
    {
        if (request.Query.Text("platform") is not { } text)
            return null;
        if (text[0] != '{')
            return Platform.Parse(text);
        try
        {
            var platform = JsonSerializer.Deserialize(text, ImageJson.Plain.Platform);
            return platform is { Os.Length: > 0, Architecture.Length: > 0 }
                ? platform
                : throw new InvalidParameterException("failed to parse platform: os and architecture are needed");
        }
        catch (JsonException e)
        {
            throw new InvalidParameterException($"failed to parse platform: {e.Message}", e);
        }
    }
}
