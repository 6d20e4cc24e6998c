using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Pier.Api.Http;
using Pier.Contracts;
using Pier.Engine.Images;
using Pier.Model;

namespace Pier.Api.Images;

/// <summary>X-Registry-Auth: base64url of an AuthConfig. Clients send "{}" or nothing when they have no credentials.</summary>
static class RegistryAuthHeader
{
    const int Greatest = 64 * 1024;

    public static RegistryAuth? Read(ApiRequest request)
    {
        var text = request.Http.Request.Headers["X-Registry-Auth"].ToString();
        if (text.Length is 0 or > Greatest)
            return null;
        try
        {
            // Old clients pad, and use the ordinary alphabet.
            var bytes = Base64Url.DecodeFromChars(text.Replace('+', '-').Replace('/', '_').TrimEnd('='));
            return JsonSerializer.Deserialize(bytes, ContractsJson.Wire.AuthConfig) is { } config ? Of(config) : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            // Docker: what cannot be read is no credentials, and the registry decides.
            return null;
        }
    }

    /// <summary>Null where no credentials are in it.</summary>
    public static RegistryAuth? Of(AuthConfig config)
    {
        var (user, password) = (config.Username ?? "", config.Password ?? "");
        if (user.Length == 0 && config.Auth is { Length: > 0 } both)
        {
            var plain = Encoding.UTF8.GetString(Convert.FromBase64String(both));
            var colon = plain.IndexOf(':');
            if (colon > 0)
                (user, password) = (plain[..colon], plain[(colon + 1)..].TrimEnd('\0'));
        }
        return user.Length == 0 && config.IdentityToken is not { Length: > 0 } && config.RegistryToken is not { Length: > 0 }
            ? null
            : new RegistryAuth(user, password, config.IdentityToken, config.RegistryToken);
    }
}
