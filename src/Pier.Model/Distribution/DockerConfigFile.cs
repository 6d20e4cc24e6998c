using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pier.Model.Distribution;

/// <summary>The part of ~/.docker/config.json that is about credentials.</summary>
public sealed record DockerConfigFile
{
    /// <summary>The key under which Docker Hub's credentials are kept.</summary>
    public const string HubKey = "https://index.docker.io/v1/";

    [JsonPropertyName("auths")]
    public Dictionary<string, DockerConfigAuth>? Auths { get; init; }

    /// <summary>The helper for every registry that has none of its own.</summary>
    [JsonPropertyName("credsStore")]
    public string? CredsStore { get; init; }

    /// <summary>Helpers by registry.</summary>
    [JsonPropertyName("credHelpers")]
    public Dictionary<string, string>? CredHelpers { get; init; }

    /// <summary>Parses; throws <see cref="InvalidParameterException"/>.</summary>
    public static DockerConfigFile Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, DistributionJson.Plain.DockerConfigFile) ?? new DockerConfigFile();
        }
        catch (JsonException e)
        {
            throw new InvalidParameterException($"invalid docker configuration: {e.Message}", e);
        }
    }

    /// <summary>The key of a registry: itself, or Docker Hub's old address.</summary>
    public static string KeyOf(string host) => host is "docker.io" or "index.docker.io" or "registry-1.docker.io" ? HubKey : host;

    /// <summary>The helper's name for a registry, or null. Throws for a name that could lead to another program (CVE-2021-41092).</summary>
    public string? HelperOf(string host)
    {
        var name = CredHelpers?.GetValueOrDefault(KeyOf(host)) ?? CredHelpers?.GetValueOrDefault(host) ?? CredsStore;
        if (string.IsNullOrEmpty(name))
            return null;
        return
            name.Length <= 64
            && !name.AsSpan().ContainsAnyExcept("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
            && name[0] is not ('-' or '.')
            ? name
            : throw new InvalidParameterException($"invalid credential helper name: \"{name}\"");
    }

    /// <summary>A registry's stored entry, or null. Keys count by their host, as old files have URLs there.</summary>
    public DockerConfigAuth? AuthOf(string host)
    {
        if (Auths is null)
            return null;
        if (Auths.TryGetValue(KeyOf(host), out var found))
            return found;
        var wanted = HostOf(KeyOf(host));
        return Auths.FirstOrDefault(a => HostOf(a.Key) == wanted).Value;
    }

    static string HostOf(string key)
    {
        var text =
            key.StartsWith("https://", StringComparison.Ordinal) ? key[8..]
            : key.StartsWith("http://", StringComparison.Ordinal) ? key[7..]
            : key;
        return text.IndexOf('/') is var slash and >= 0 ? text[..slash] : text;
    }
}

/// <summary>One registry's entry: "user:password" in base64, or an identity token.</summary>
public sealed record DockerConfigAuth
{
    [JsonPropertyName("auth")]
    public string? Auth { get; init; }

    [JsonPropertyName("username")]
    public string? Username { get; init; }

    [JsonPropertyName("password")]
    public string? Password { get; init; }

    [JsonPropertyName("identitytoken")]
    public string? IdentityToken { get; init; }

    [JsonPropertyName("registrytoken")]
    public string? RegistryToken { get; init; }

    /// <summary>Name and password, wherever they stand; throws <see cref="InvalidParameterException"/>.</summary>
    public (string Username, string Password) Login()
    {
        if (string.IsNullOrEmpty(Auth))
            return (Username ?? "", Password ?? "");
        try
        {
            var text = Encoding.UTF8.GetString(Convert.FromBase64String(Auth));
            var colon = text.IndexOf(':');
            if (colon > 0)
                return (text[..colon], text[(colon + 1)..].TrimEnd('\0'));
        }
        catch (FormatException)
        {
            // The one error below.
        }
        throw new InvalidParameterException("invalid auth configuration file");
    }
}

/// <summary>What a credential helper answers to `get`.</summary>
public sealed record CredentialHelperAnswer
{
    [JsonPropertyName("ServerURL")]
    public string? ServerUrl { get; init; }

    [JsonPropertyName("Username")]
    public string? Username { get; init; }

    [JsonPropertyName("Secret")]
    public string? Secret { get; init; }
}
