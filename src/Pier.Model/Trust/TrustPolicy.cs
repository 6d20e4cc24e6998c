using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pier.Model.Trust;

/// <summary>
/// Which images need whose signature: a JSON document
/// <code>
/// { "scopes": { "registry.example:5000": ["release.pub"], "registry.example:5000/team": ["team.pub", "release.pub"], "docker.io/library":
/// [] }, "default": ["mine.pub"] }
/// </code>
/// A scope is a registry, or a registry with the beginning of a repository's path; the longest that fits decides. One signature of any of
/// its keys is enough. An empty list means: no signature is needed. Without a scope that fits and without "default" the policy says
/// nothing.
/// </summary>
public sealed class TrustPolicy
{
    readonly TrustPolicyFile _file;

    TrustPolicy(TrustPolicyFile file) => _file = file;

    /// <summary>Parses; throws <see cref="InvalidParameterException"/>.</summary>
    public static TrustPolicy Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return new TrustPolicy(JsonSerializer.Deserialize(json, TrustJson.Plain.TrustPolicyFile) ?? throw new JsonException("null"));
        }
        catch (JsonException e)
        {
            throw new InvalidParameterException($"invalid trust policy: {e.Message}", e);
        }
    }

    /// <summary>
    /// The files of the keys of which one must have signed; empty where no signature is needed; null where the policy says nothing.
    /// </summary>
    public IReadOnlyList<string>? KeysOf(ImageReference image)
    {
        var fits = (_file.Scopes ?? []).Where(s => image.Name == s.Key || image.Name.StartsWith(s.Key + "/", StringComparison.Ordinal));
        return fits.OrderByDescending(s => s.Key.Length).Select(s => s.Value).FirstOrDefault() ?? _file.Default;
    }
}

sealed record TrustPolicyFile(
    [property: JsonPropertyName("scopes")] Dictionary<string, string[]>? Scopes = null,
    [property: JsonPropertyName("default")] string[]? Default = null
);
