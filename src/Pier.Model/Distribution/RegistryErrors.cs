using System.Text.Json.Serialization;

namespace Pier.Model.Distribution;

/// <summary>A registry's answer to a request that it cannot serve (OCI distribution spec, "Error Codes").</summary>
public sealed record RegistryErrors
{
    [JsonPropertyName("errors")]
    public RegistryError[]? Errors { get; init; }
}

/// <summary>One reason. Code is one of <see cref="RegistryErrorCode"/>, the others are for people.</summary>
public sealed record RegistryError
{
    [JsonPropertyName("code")]
    public string? Code { get; init; }

    [JsonPropertyName("message")]
    public string? Message { get; init; }

    [JsonPropertyName("detail")]
    public System.Text.Json.JsonElement? Detail { get; init; }
}

/// <summary>The codes that the specification names, and Docker's two more (UNKNOWN, TAG_INVALID).</summary>
public static class RegistryErrorCode
{
    public const string BlobUnknown = "BLOB_UNKNOWN",
        BlobUploadInvalid = "BLOB_UPLOAD_INVALID",
        BlobUploadUnknown = "BLOB_UPLOAD_UNKNOWN",
        DigestInvalid = "DIGEST_INVALID",
        ManifestBlobUnknown = "MANIFEST_BLOB_UNKNOWN",
        ManifestInvalid = "MANIFEST_INVALID",
        ManifestUnknown = "MANIFEST_UNKNOWN",
        NameInvalid = "NAME_INVALID",
        NameUnknown = "NAME_UNKNOWN",
        PaginationNumberInvalid = "PAGINATION_NUMBER_INVALID",
        RangeInvalid = "RANGE_INVALID",
        SizeInvalid = "SIZE_INVALID",
        TagInvalid = "TAG_INVALID",
        Unauthorized = "UNAUTHORIZED",
        Denied = "DENIED",
        Unsupported = "UNSUPPORTED",
        TooManyRequests = "TOOMANYREQUESTS",
        Unknown = "UNKNOWN";
}
