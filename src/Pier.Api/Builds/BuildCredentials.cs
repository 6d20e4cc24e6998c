using System.Buffers.Text;
using System.Text.Json;
using Pier.Api.Http;
using Pier.Api.Images;
using Pier.Contracts;
using Pier.Engine.Images;
using Pier.Model;

namespace Pier.Api.Builds;

/// <summary>
/// X-Registry-Config: base64 of a map from registry to AuthConfig. A registry is given its own credentials and no other's.
/// </summary>
static class BuildCredentials
{
    const int Greatest = 256 * 1024;
    const string DockerHub = "https://index.docker.io/v1/";

    public static Func<string, CancellationToken, Task<RegistryAuth?>> Read(ApiRequest request)
    {
        var text = request.Http.Request.Headers["X-Registry-Config"].ToString();
        if (text.Length is 0 or > Greatest)
            return (_, _) => Task.FromResult<RegistryAuth?>(null);
        var configs = Parse(text);
        return (domain, _) => Task.FromResult(Find(configs, domain) is { } config ? RegistryAuthHeader.Of(config) : null);
    }

    static Dictionary<string, AuthConfig> Parse(string text)
    {
        try
        {
            var bytes = Base64Url.DecodeFromChars(text.Replace('+', '-').Replace('/', '_').TrimEnd('='));
            return JsonSerializer.Deserialize(bytes, ContractsJson.Wire.DictionaryStringAuthConfig) ?? [];
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw new InvalidParameterException("invalid X-Registry-Config header: " + e.Message);
        }
    }

    static AuthConfig? Find(Dictionary<string, AuthConfig> configs, string domain)
    {
        if (domain == "docker.io" && configs.TryGetValue(DockerHub, out var hub))
            return hub;
        return configs.FirstOrDefault(c => Host(c.Key) == domain).Value;
    }

    static string Host(string key)
    {
        var start = key.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0 ? scheme + 3 : 0;
        var end = key.IndexOf('/', start);
        return end < 0 ? key[start..] : key[start..end];
    }
}
