using Pier.Model.Distribution;
using Pier.Registry.Http;

namespace Pier.Registry.Manifests;

/// <summary>What may stand for a manifest in a path.</summary>
static class ManifestReference
{
    /// <summary>Throws for a text that is no tag; one with a colon was meant as a digest.</summary>
    public static void CheckTag(string reference)
    {
        if (reference.Contains(':'))
            throw new RegistryException(400, RegistryErrorCode.DigestInvalid, "invalid checksum digest format");
        // Conformance asks 404 for a reference that cannot exist when reading, and clients only ever see tags refused when writing.
        if (!RepositoryName.IsTag(reference))
            throw new RegistryException(400, RegistryErrorCode.TagInvalid, "manifest tag did not match URI: invalid tag");
    }
}
