using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pier.Model.Trust;

/// <summary>
/// A signature of an image as cosign makes it (sigstore, "cosign signature spec"): ECDSA over the SHA-256 of a "simple signing" payload
/// that names the image's digest. Signature is DER.
/// </summary>
public sealed record ImageSignature(byte[] Payload, byte[] Signature)
{
    public const string MediaType = "application/vnd.dev.cosign.simplesigning.v1+json",
        ArtifactType = "application/vnd.dev.cosign.artifact.sig.v1+json",
        Annotation = "dev.cosignproject.cosign/signature";

    const string PayloadType = "cosign container image signature";

    /// <summary>The tag under which a repository keeps the signatures of a digest: "sha256-HEX.sig".</summary>
    public static string TagOf(Digest subject) => $"{subject.Algorithm}-{subject.Hex}.sig";

    /// <summary>Signs a digest of a repository.</summary>
    public static ImageSignature Make(ImageReference repository, Digest subject, ECDsa key)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(
            new SigningPayload(new(new(repository.Name), new(subject.ToString()), PayloadType), null),
            TrustJson.Plain.SigningPayload
        );
        return new ImageSignature(payload, key.SignData(payload, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
    }

    /// <summary>Whether it is that key's signature of exactly this digest.</summary>
    public bool IsOf(Digest subject, ECDsa key)
    {
        try
        {
            // The signature first: nothing is read of what nobody vouches for.
            return key.VerifyData(Payload, Signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
                && JsonSerializer.Deserialize(Payload, TrustJson.Plain.SigningPayload)?.Critical is { } said
                && said.Type == PayloadType
                && said.Image.Digest == subject.ToString();
        }
        catch (Exception e) when (e is JsonException or CryptographicException)
        {
            return false;
        }
    }
}

/// <summary>The document that is signed.</summary>
sealed record SigningPayload(
    [property: JsonPropertyName("critical")] SigningCritical Critical,
    [property: JsonPropertyName("optional"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
        Dictionary<string, JsonElement>? Optional = null
);

sealed record SigningCritical(
    [property: JsonPropertyName("identity")] SigningIdentity Identity,
    [property: JsonPropertyName("image")] SigningImage Image,
    [property: JsonPropertyName("type")] string Type
);

sealed record SigningIdentity([property: JsonPropertyName("docker-reference")] string Reference);

sealed record SigningImage([property: JsonPropertyName("docker-manifest-digest")] string Digest);

[JsonSerializable(typeof(SigningPayload))]
[JsonSerializable(typeof(TrustPolicyFile))]
sealed partial class TrustJson : JsonSerializerContext
{
    internal static TrustJson Plain { get; } =
        new(
            new JsonSerializerOptions
            {
                Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                MaxDepth = 16,
                RespectRequiredConstructorParameters = true,
            }
        );
}
