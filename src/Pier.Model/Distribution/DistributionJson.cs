using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pier.Model.Distribution;

/// <summary>JSON of the distribution protocol, generated at compile time; depth is bounded, as its documents come from strangers.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RegistryErrors))]
[JsonSerializable(typeof(TagList))]
[JsonSerializable(typeof(RepositoryCatalog))]
[JsonSerializable(typeof(SearchAnswer))]
[JsonSerializable(typeof(ReferrerDocument))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(TokenClaims))]
[JsonSerializable(typeof(TokenHeader))]
[JsonSerializable(typeof(DockerConfigFile))]
[JsonSerializable(typeof(CredentialHelperAnswer))]
[JsonSerializable(typeof(Descriptor))]
public sealed partial class DistributionJson : JsonSerializerContext
{
    public static DistributionJson Plain { get; } =
        new(
            new JsonSerializerOptions
            {
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
                MaxDepth = 32,
            }
        );
}
