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
        DockerLayerGzip = "application/vnd.docker.image.rootfs.diff.tar.gzip",
        DockerLayerZstd = "application/vnd.docker.image.rootfs.diff.tar.zstd";

    /// <summary>A list of manifests by platform.</summary>
    public static bool IsIndex(string? mediaType) => mediaType is OciIndex or DockerList;

    /// <summary>The manifest of one image.</summary>
    public static bool IsManifest(string? mediaType) => mediaType is OciManifest or DockerManifest;

    /// <summary>OCI's word for what Docker's means; anything else as it is.</summary>
    public static string ToOci(string mediaType) =>
        mediaType switch
        {
            DockerList => OciIndex,
            DockerManifest => OciManifest,
            DockerConfig => OciConfig,
            DockerLayerTar => OciLayerTar,
            DockerLayerGzip => OciLayerGzip,
            DockerLayerZstd => OciLayerZstd,
            _ => mediaType,
        };

    /// <summary>Docker's word for what OCI's means; anything else as it is. The one for zstd is containerd's and BuildKit's.</summary>
    public static string ToDocker(string mediaType) =>
        mediaType switch
        {
            OciIndex => DockerList,
            OciManifest => DockerManifest,
            OciConfig => DockerConfig,
            OciLayerTar => DockerLayerTar,
            OciLayerGzip => DockerLayerGzip,
            OciLayerZstd => DockerLayerZstd,
            _ => mediaType,
        };

    /// <summary>A file system layer, whatever its compression.</summary>
    public static bool IsLayer(string? mediaType) =>
        mediaType is not null
        && (
            mediaType.StartsWith("application/vnd.oci.image.layer.", StringComparison.Ordinal)
            || mediaType.StartsWith("application/vnd.docker.image.rootfs.", StringComparison.Ordinal)
        );
}
