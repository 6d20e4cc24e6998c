namespace Pier.Model;

/// <summary>Media types of image content: OCI's (image-spec media-types.md) and Docker's schema 2, which mean the same things.</summary>
public static class MediaTypes
{
    public const string OciIndex = "application/vnd.oci.image.index.v1+json",
        OciManifest = "application/vnd.oci.image.manifest.v1+json",
        OciConfig = "application/vnd.oci.image.config.v1+json",
        OciLayerTar = "application/vnd.oci.image.layer.v1.tar",
        OciLayerGzip = "application/vnd.oci.image.layer.v1.tar+gzip",
        OciLayerZstd = "application/vnd.oci.image.layer.v1.tar+zstd",
        DockerList = "application/vnd.docker.distribution.manifest.list.v2+json",
        DockerManifest = "application/vnd.docker.distribution.manifest.v2+json",
        DockerConfig = "application/vnd.docker.container.image.v1+json",
        DockerLayerTar = "application/vnd.docker.image.rootfs.diff.tar",
        DockerLayerGzip = "application/vnd.docker.image.rootfs.diff.tar.gzip";

    /// <summary>A list of manifests by platform.</summary>
    public static bool IsIndex(string? mediaType) => mediaType is OciIndex or DockerList;

    /// <summary>The manifest of one image.</summary>
    public static bool IsManifest(string? mediaType) => mediaType is OciManifest or DockerManifest;

    /// <summary>A file system layer, whatever its compression.</summary>
    public static bool IsLayer(string? mediaType) =>
        mediaType is not null
        && (
            mediaType.StartsWith("application/vnd.oci.image.layer.", StringComparison.Ordinal)
            || mediaType.StartsWith("application/vnd.docker.image.rootfs.", StringComparison.Ordinal)
        );
}
