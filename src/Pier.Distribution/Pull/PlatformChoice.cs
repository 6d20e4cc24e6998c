using Pier.Model;

namespace Pier.Distribution.Pull;

/// <summary>Chooses an index's manifest for a platform.</summary>
static class PlatformChoice
{
    // Attestations sit in indexes beside the images, on a platform that does not exist.
    const string Unknown = "unknown";

    /// <summary>The first manifest of the platform; throws <see cref="NotFoundException"/>.</summary>
    public static Descriptor Choose(ImageIndex index, Platform wanted)
    {
        var candidates = index.Manifests.Where(m => MediaTypes.IsManifest(m.MediaType) && m.Platform?.Os != Unknown).ToArray();
        // A more specific match first: arm64 without a variant before arm64/v9.
        return candidates.FirstOrDefault(m =>
                m.Platform is { } p && p.Satisfies(wanted) && wanted.Variant is null && string.IsNullOrEmpty(p.Variant)
            )
            ?? candidates.FirstOrDefault(m => m.Platform?.Satisfies(wanted) == true)
            ?? (candidates is [{ Platform: null } only] ? only : null)
            ?? throw new NotFoundException($"no matching manifest for {wanted} in the manifest list entries");
    }
}
